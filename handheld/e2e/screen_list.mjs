// One line a screen for `make screens`. as: who is signed in (null: nobody). path: below /app. prepare: what to do there
// first; after: what to put back. Screens of one person are visited in this order: one without a path goes on from the one
// before it, one that `needs` another finds what was done there.
import { newCustomer, planVisit } from "./support/deeds.mjs";

const firstRow = (page) => page.locator("section li a:visible").first().click();
const lastRow = (page) => page.locator("section li a:visible").last().click();
const main = (page) => page.locator("footer .adm-button-primary:visible").first().click();
const [li, jie] = ["li.wang", "jie.chen"];
/** What is seen of the list, or of what was opened from it; on a wide screen both are there. */
const inList = (page, selector) => page.locator(`[data-testid=list] ${selector}:visible`);
const seen = (page, selector) => page.locator(`[data-testid=detail] ${selector}:visible`);
const escape = (page) => page.keyboard.press("Escape");

export const SCREENS = [
  { name: "signin", as: null, path: "/", prepare: (page) => page.getByRole("button", { name: "li.wang" }).waitFor() },
  { name: "signin-refused", as: null, path: "/", prepare: wrongPassword },
  { name: "visit-add", as: li, path: "/visits/new" },
  { name: "visit-plan", as: li, path: "/visits/new", prepare: (page) => planVisit(page, { send: false }), after: plan },
  { name: "today", as: li, needs: "visit-plan", path: "/" },
  { name: "today-target", as: li, path: "/", prepare: (page) => inList(page, "[data-reached]").last().scrollIntoViewIfNeeded() },
  { name: "today-tomorrow", as: li, path: "/", prepare: (page) => inList(page, "header button").nth(2).click() },
  { name: "follow-up", as: li, path: "/", prepare: (page) => inList(page, "section li > button").first().click(), after: escape },
  { name: "visit-log", as: li, needs: "visit-plan", path: "/", prepare: openPlanned },
  { name: "visit-refused", as: li, prepare: (page) => seen(page, "footer button").last().click() },
  { name: "visit-filled", as: li, prepare: fillLog },
  { name: "visit-change", as: li, prepare: changePlan, after: escape },
  { name: "visit-cancel", as: li, prepare: (page) => seen(page, "button[class*=danger]").click(), after: escape },
  { name: "visit-started", as: li, prepare: (page) => seen(page, "section[data-tone] button").click() },
  { name: "visit-done", as: li, prepare: (page) => seen(page, "footer button").last().click() },
  { name: "visit-done-detail", as: li, needs: "visit-done", path: "/", prepare: (page) => inList(page, "article[data-standing=done] a").first().click() },
  { name: "opportunity", as: li, prepare: makeOpportunity },
  { name: "opportunity-edit", as: li, prepare: (page) => seen(page, "h2 + button").first().click(), after: giveAmount },
  { name: "opportunity-contact", as: li, prepare: (page) => seen(page, "textarea").first().fill("来电，约周六带家人看样板间。") },
  { name: "opportunity-lose", as: li, prepare: (page) => seen(page, "footer button").last().click(), after: escape },
  { name: "opportunities", as: li, path: "/opportunities" },
  { name: "customers", as: li, path: "/customers" },
  { name: "customers-search", as: li, path: "/customers", prepare: (page) => inList(page, "input[type=search]").fill("l") },
  { name: "customers-none", as: li, prepare: (page) => inList(page, "input[type=search]").fill("zzzz"), after: clearSearch },
  { name: "customers-filter", as: li, path: "/customers", prepare: (page) => inList(page, "p + a + button").first().click(), after: escape },
  { name: "customer", as: li, path: "/customers", prepare: (page) => inList(page, "li a").nth(1).click() },
  { name: "customer-below", as: li, prepare: (page) => seen(page, "section ol").last().scrollIntoViewIfNeeded() },
  { name: "customer-changes", as: li, prepare: showChanges },
  { name: "customer-contact", as: li, prepare: enterContact, after: escape },
  { name: "customer-attachments", as: li, prepare: hangContract },
  { name: "customer-attachment", as: li, prepare: newerContract, after: escape },
  { name: "customer-mention", as: li, prepare: mention, after: clearNote },
  { name: "customer-edit", as: li, prepare: (page) => seen(page, "h2 + button").first().click(), after: escape },
  { name: "customer-phones", as: li, prepare: openPhones, after: escape },
  { name: "customer-handover", as: li, path: "/customers", prepare: openHandover },
  { name: "customer-merge", as: li, path: "/customers", prepare: openMerge },
  { name: "customer-merge-chosen", as: li, prepare: chooseTwin },
  { name: "customer-new", as: li, path: "/customers/new" },
  { name: "customer-twin", as: li, prepare: typeTwin },
  { name: "customer-paper", as: li, path: "/customers", prepare: typePaper },
  { name: "customer-paper-kept", as: li, prepare: keepPaper },
  { name: "customer-paper-twin", as: li, path: "/customers/new", prepare: typeHisPaper, after: (page) => seen(page, "header button").last().click() },
  { name: "customer-lost", as: li, path: "/customers", prepare: chooseLost },
  { name: "customer-lost-kept", as: li, prepare: keepLost },
  { name: "question-ask", as: li, path: "/customers", prepare: askQuestion },
  { name: "questions", as: li, needs: "question-ask", path: "/questions" },
  { name: "question", as: li, needs: "question-ask", prepare: (page) => inList(page, "section a").last().click() },
  { name: "report-write", as: li, path: "/reports", prepare: (page) => inList(page, "section section a").first().click() },
  { name: "report-sent", as: li, prepare: sendReport },
  { name: "reports", as: li, path: "/reports" },
  { name: "customer-sheet", as: li, path: "/customers/new", prepare: openSheet },
  { name: "customer-received", as: li, path: "/customers", prepare: receive, after: escape },
  { name: "conflicts", as: jie, path: "/customers/conflicts" },
  { name: "conflict", as: jie, prepare: firstConflict },
  { name: "conflict-ruling", as: jie, prepare: main, after: escape },
  { name: "conflict-merge", as: jie, prepare: mergeFromConflict },
  { name: "customer-log", as: li, path: "/customers", prepare: logCall },
  { name: "customer-logged", as: li, prepare: keepCall },
  { name: "day-plan-send", as: li, needs: "visit-plan", path: "/", prepare: openPlan },
  { name: "day-plan-sent", as: li, prepare: copyPlan, after: (_, phone) => phone.settled() },
  { name: "calendar", as: li, needs: "visit-plan", path: "/calendar" },
  { name: "me", as: li, path: "/me" },
  { name: "sign-out", as: li, prepare: (page) => inList(page, "button[class*=danger]").click(), after: escape },
  { name: "mend-empty", as: li, path: "/me/mend" },
  { name: "expenses", as: li, path: "/expenses" },
  { name: "expense-new", as: li, path: "/expenses/new" },
  { name: "expense-refused", as: li, prepare: main },
  { name: "claim", as: li, prepare: taxi },
  { name: "claim-incomplete", as: li, prepare: main },
  { name: "expense-incomplete", as: li, prepare: lastRow },
  { name: "claim-waiting", as: li, needs: "visit-done", prepare: submit },
  { name: "arrivals", as: li, path: "/arrivals", prepare: (page) => page.locator("section section h2").first().waitFor() },
  { name: "arrival-wished", as: li, prepare: wishLater, after: (_, phone) => phone.offline(false) },
  { name: "inbox", as: li, path: "/inbox" },
  { name: "task", as: li, prepare: (page) => inList(page, "article button").filter({ hasText: /任务|task/ }).first().click() },
  { name: "snooze", as: li, path: "/inbox", prepare: (page) => inList(page, "article button").nth(1).click(), after: escape },
  { name: "notifications", as: li, path: "/me/notifications" },
  { name: "reports-leader", as: jie, needs: "report-sent", path: "/reports" },
  { name: "report-read", as: jie, needs: "report-sent", path: "/reports", prepare: (page) => inList(page, "section a[href*='/reports/0']").first().click() },
  { name: "customer-delete", as: jie, path: "/customers", prepare: openDelete, after: escape },
  { name: "customers-deleted", as: jie, prepare: deleteAndList },
  { name: "customers-select", as: jie, path: "/customers", prepare: selectSome },
  { name: "customers-select-delete", as: jie, prepare: (page) => page.locator("[data-testid=list] footer .adm-button-danger:visible").click(), after: escape },
  { name: "customers-select-hand-over", as: jie, prepare: (page) => page.locator("[data-testid=list] footer .adm-button-primary:visible").click(), after: escape },
  { name: "lists", as: jie, path: "/customers/lists" },
  { name: "list", as: jie, prepare: handInList },
  { name: "list-tried", as: jie, prepare: tryList },
  { name: "list-done", as: jie, prepare: takeListIn },
  { name: "team", as: jie, path: "/team" },
  { name: "team-ask", as: jie, prepare: (page) => inList(page, "[role=group] button").nth(1).click(), after: (page) => inList(page, "[role=group] button").first().click() },
  { name: "team-person", as: jie, needs: "visit-done", prepare: firstRow },
  { name: "team-visit", as: jie, prepare: lastRow },
  { name: "team-comment", as: jie, prepare: comment },
  { name: "team-export", as: jie, path: "/team", prepare: (page) => inList(page, "nav button").first().click(), after: escape },
  { name: "team-tomorrow", as: jie, path: "/team", prepare: (page) => inList(page, "header button").nth(1).click() },
  { name: "task-new", as: jie, path: "/team/task" },
  { name: "task-given", as: jie, prepare: (page) => seen(page, "a[href*='/tasks/']").first().click() },
  { name: "task-change", as: jie, prepare: (page) => seen(page, "section button").filter({ hasText: /修改任务|Change the task/ }).click(), after: escape },
  { name: "team-feed", as: jie, needs: "visit-done", path: "/team/feed" },
  { name: "team-month", as: jie, needs: "visit-done", path: "/team/month", prepare: (page) => seen(page, "section section").first().waitFor() },
  { name: "team-target", as: jie, prepare: (page) => seen(page, "section h2 + button, section td button").first().click(), after: escape },
  { name: "team-numbers", as: jie, needs: "opportunity", path: "/team/numbers", prepare: (page) => seen(page, "table").first().waitFor() },
  { name: "approvals", as: jie, needs: "claim-waiting", path: "/approvals" },
  { name: "approval", as: jie, prepare: firstRow },
  { name: "approval-deciding", as: jie, prepare: main },
  { name: "inbox-leader", as: jie, path: "/inbox" },
  { name: "contact-kinds", as: jie, path: "/me/activity-types" },
  { name: "me-leader", as: jie, path: "/me" },
  { name: "long-customer", as: li, path: "/customers", prepare: openLong },
  { name: "long-customer-below", as: li, prepare: (page) => seen(page, "section ol").last().scrollIntoViewIfNeeded() },
  { name: "long-visit", as: li, path: "/", prepare: (page) => inList(page, "article a").filter({ hasText: "湖畔置业" }).first().click() },
  { name: "long-opportunities", as: li, path: "/opportunities" },
  { name: "offline", as: li, path: "/", prepare: (_, phone) => phone.offline(true) },
  { name: "offline-unsent", as: li, needs: "offline", path: "/customers/new", prepare: refusedLater },
  { name: "mend", as: li, needs: "offline-unsent", path: "/me/mend", prepare: (page, phone) => syncAndWait(page, phone) },
  { name: "mend-edit", as: li, prepare: (page) => seen(page, "section button[class*=primary]").first().click(), after: escape },
  { name: "copy", as: "min.zhao", needs: "day-plan-sent", path: "/inbox", prepare: (page) => inList(page, "article button").filter({ hasText: /日计划|plan for/ }).first().click() },
  { name: "nowhere", as: li, path: "/no/such/page" },
];

/** Whose name, numbers and notes are as long as they may be. */
async function openLong(page) {
  await inList(page, "input[type=search]").fill("湖畔置业");
  await inList(page, "li a").first().click();
}

/** What a customer asks and nobody here knows, passed to the department. */
async function askQuestion(page) {
  await inList(page, "li a").nth(1).click();
  const block = seen(page, "section section").filter({ hasText: /客户问题|Customer's questions/ });
  await block.locator("button:visible").first().click();
  await block.locator("textarea:not([readonly])").fill("地铁 5 号线延伸段什么时候通车？");
  await block.locator("button[class*=primary]").click();
}

async function sendReport(page) {
  await seen(page, "textarea:not([readonly])").first().fill("完成上午的拜访，两位客户意向明确。");
  await main(page);
}

/** The sheet after a call, with what was said. */
async function logCall(page) {
  await inList(page, "li a").nth(1).click();
  await page.getByRole("region", { name: /通话与联系|Calls and contacts/ }).getByRole("button").first().click();
  await page.locator("dialog textarea").first().fill("想看样板间");
}

async function keepCall(page) {
  await page.locator("dialog .adm-button-primary").last().click();
  await page.locator("dialog").waitFor({ state: "detached" });
}

async function openPlan(page) {
  await page.getByRole("region", { name: /日计划|Day plan/ }).getByRole("button").first().click();
  await page.locator("dialog input[type=search]").fill("z");
}

/** To one who does not lead: in the other language she has it already. */
async function copyPlan(page) {
  const zhao = page.locator("dialog section button").filter({ hasText: "赵敏" });
  await page.locator("dialog input[type=search]").fill("赵");
  await page.locator("dialog section").filter({ hasText: "赵敏" }).waitFor();
  if ((await zhao.count()) > 0) await zhao.first().click();
  await page.locator("dialog footer button").click();
  await page.locator("dialog").waitFor({ state: "detached" });
}

async function wrongPassword(page) {
  await page.locator("input[autocomplete=organization]").fill("demo");
  await page.locator("input[autocomplete=username]").fill("li.wang");
  await page.locator("input[autocomplete=current-password]").fill("not it");
  await page.locator("form button[type=submit]").click();
  await page.getByRole("alert").waitFor();
}

/** Of the visit that is open; in the other language it has become one already. */
async function makeOpportunity(page) {
  await seen(page, "button, a").filter({ hasText: /转为商机|转成的商机|Make an opportunity|opportunity it became/ }).click();
  await seen(page, "[role=group] button").nth(3).click();
  await seen(page, "ol li").first().waitFor();
}

async function giveAmount(page) {
  const amount = page.locator("dialog input[inputmode=none]");
  await amount.focus();
  await amount.pressSequentially("3200000");
  await page.locator("dialog footer button").click();
  await page.locator("dialog").waitFor({ state: "detached" });
}

/** An expense without what it has to cite. */
async function taxi(page) {
  for (const key of "46.5") await page.getByRole("button", { name: key, exact: true }).locator("visible=true").click();
  await page.getByRole("button", { name: /^(打车|Taxi)$/ }).locator("visible=true").click();
  await main(page);
  await page.getByRole("button", { name: /^(提交审批|Submit for approval)$/ }).locator("visible=true").waitFor();
}

/** The visit it was part of, and off to the office. */
async function submit(page, phone) {
  await page.getByRole("group", { name: /^(拜访|Visit)$/ }).getByRole("button").first().click();
  await main(page);
  await page.getByRole("button", { name: /^(提交审批|Submit for approval)$/ }).locator("visible=true").click();
  await page.getByRole("button", { name: /^(撤回|Withdraw)$/ }).locator("visible=true").waitFor();
  await phone.settled();
}

/** Without a network, so that it waits to be confirmed. */
async function wishLater(page, phone) {
  await phone.offline(true);
  await inList(page, "section section button").first().click();
}

async function comment(page) {
  const text = seen(page, "textarea");
  await page.getByRole("button", { name: /^(写点评|Write a comment|回复|Answer)$/ }).locator("visible=true").click();
  await text.fill("下次先确认首付，再带看样板间。");
  await page.getByRole("button", { name: /^(发送点评|Send the comment)$/ }).locator("visible=true").click();
  await page.getByText("下次先确认首付").locator("visible=true").last().waitFor();
}

async function openPlanned(page) {
  await inList(page, "article[data-standing=planned] a").first().click();
  await seen(page, "textarea").first().waitFor();
}

async function fillLog(page) {
  await seen(page, "[role=group] button").first().click();
  await seen(page, "textarea").first().fill("看了样板间，喜欢三房两厅，担心首付。下周带家人再来看。");
}

async function typeTwin(page) {
  const name = await page.evaluate(() => document.querySelector("input[type=search]")?.value ?? "");
  await seen(page, "input[id]").first().fill(name || "汪欣怡");
  await seen(page, "[role=status] a").first().waitFor();
}

/** A number that another team's customer has, on one's own card. */
export const PAPER = "E20250303";
const paper = (page) => page.getByLabel(/^(证件号码|Identity number)$/).locator("visible=true");

async function typePaper(page) {
  await inList(page, "li a").nth(1).click();
  await seen(page, "h2 + button").first().click();
  await paper(page).fill(""); // in the other language it is there already
  await paper(page).fill("wrong!");
  await page.locator("dialog [role=alert]").waitFor();
  await paper(page).fill(PAPER.toLowerCase());
  await page.locator("dialog [role=status]").waitFor();
  await paper(page).evaluate((field) => field.scrollIntoView({ block: "center" }));
}

async function keepPaper(page) {
  await page.locator("dialog footer button").click();
  await page.locator("dialog").waitFor({ state: "detached" });
  await seen(page, "dd button[aria-expanded]").first().evaluate((button) => button.scrollIntoView({ block: "center" }));
}

async function chooseLost(page) {
  await inList(page, "li a").nth(2).click();
  await seen(page, "h2 + button").first().click();
  await page.locator("dialog").getByRole("button", { name: /^(流失|Lost)$/ }).click();
  const reasons = page.locator("dialog").getByRole("group", { name: /^(流失原因|Why he was lost)$/ });
  await reasons.evaluate((group) => group.scrollIntoView({ block: "center" }));
}

async function keepLost(page) {
  await page.locator("dialog").getByRole("button", { name: /^(价格|Price)$/ }).click();
  await page.locator("dialog footer button").click();
  await page.locator("dialog").waitFor({ state: "detached" });
  await seen(page, "dl").first().evaluate((facts) => facts.scrollIntoView({ block: "center" }));
}

/** Of one's own customer it is said at once, of the other team's when the office has answered. */
async function typeHisPaper(page) {
  await paper(page).fill(PAPER);
  await seen(page, "[role=status] a + span").waitFor();
  await seen(page, "[role=status]").last().scrollIntoViewIfNeeded();
}

/** He came to us, and what matters to him. */
async function openSheet(page) {
  await page.getByRole("button", { name: /^(来访|Came to us)$/ }).locator("visible=true").first().click();
  await page.getByRole("button", { name: /^(价格|Price)$/ }).locator("visible=true").click();
  await page.locator("summary:visible").click();
  await page.getByRole("group", { name: /^(接待方式|How he was received)$/ }).locator("visible=true").scrollIntoViewIfNeeded();
}

async function receive(page) {
  await inList(page, "li a").nth(1).click();
  await page.getByRole("button", { name: /^(记录接待|He is here)$/ }).locator("visible=true").click();
}

async function firstConflict(page) {
  await seen(page, "a[href*='conflicts/']").first().click();
  await page.getByText(/^(送达服务器|Arrived at the office)$/).locator("visible=true").first().waitFor();
}

async function mergeFromConflict(page) {
  await seen(page, "a[href*='/merge/']").click();
  await seen(page, "footer button").waitFor();
}

/** The plan of the visit that is open, with somebody who comes along. */
async function changePlan(page) {
  await seen(page, "button").filter({ hasText: /修改计划|Change the plan/ }).click();
  await page.locator("dialog input[type=search]").fill("z");
  await page.locator("dialog section button").first().click();
}

async function openPhones(page) {
  await seen(page, "button").filter({ hasText: /修改电话|Change the phones/ }).first().click();
}

async function clearSearch(page) {
  await inList(page, "input[type=search]").fill("");
}

/** A number that this app takes for one and the server does not: refused when it arrives. */
async function refusedLater(page) {
  await newCustomer(page, { name: "郝运来", phone: "12345" });
}

async function syncAndWait(page, phone) {
  await phone.offline(false);
  await seen(page, "section button[class*=primary]").first().waitFor({ timeout: 30_000 });
}

async function plan(page) {
  await seen(page, "footer button").last().click();
  await page.waitForURL(/\/app\/$/);
}

async function openMerge(page) {
  await inList(page, "li a").nth(1).click();
  await seen(page, "a[href$=merge]").click();
}

async function openHandover(page) {
  await inList(page, "li a").nth(1).click();
  await seen(page, "a[href$=handover]").click();
}

/** Whoever is offered first, or the first of all. */
async function chooseTwin(page) {
  await seen(page, "[role=group] button").first().click();
  await page.locator("dialog li button:visible").nth(3).click();
  await seen(page, "footer button").waitFor();
}

async function openDelete(page) {
  await inList(page, "li a").nth(1).click();
  await seen(page, "button").filter({ hasText: /删除该客户|Delete this customer/ }).click();
}

async function deleteAndList(page) {
  await seen(page, "button").filter({ hasText: /删除该客户|Delete this customer/ }).click();
  await page.locator("dialog footer button:visible").click();
  await page.waitForURL("**/app/customers"); // it is on the disk
  await page.goto(new URL("/app/customers/deleted", page.url()).href);
  await seen(page, "section li button").first().waitFor();
}

async function selectSome(page) {
  await page.getByRole("button", { name: /^(多选|Select)$/ }).click();
  for (const place of [0, 1, 2]) await inList(page, "li [role=checkbox]").nth(place).click();
}

const LIST = `姓名,手机,等级,首次接触,来源,备注
陈晓燕,13700001111,A,2025-03-01,介绍,想看三居
何志远,13700002222,B,03/04/2025,来电,
孙丽,13800138123,,,网络,已在别处登记
,13700004444,C,,,没有姓名
吴刚,13700005555,,2025-03-02,自然来访,
`;

async function handInList(page) {
  await page.locator("input[type=file]").last().setInputFiles({
    name: "湖畔案场三月客户.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(LIST),
  });
  await seen(page, "select").first().waitFor();
}

async function tryList(page) {
  await seen(page, "button").filter({ hasText: /^(试运行|Try it)$/ }).click();
  await page.getByText(/^(未通过|Refused)/).waitFor();
}

async function takeListIn(page) {
  await seen(page, "button").filter({ hasText: /^(导入|Take in)$/ }).click();
  await page.getByText(/^(已导入|Taken in)$/).waitFor();
}

/** Who changed what, which the office is asked for. */
async function showChanges(page) {
  await seen(page, "button").filter({ hasText: /查看修改历史|Who changed what/ }).click();
  await seen(page, "section ol").last().scrollIntoViewIfNeeded();
}

const attachments = (page) =>
  page.locator("[data-testid=detail] section").filter({ has: page.locator("h2", { hasText: /^(附件|Attachments)$/ }) }).last();

/** A PDF as small as one can be. */
function contract(text) {
  const body = `%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Title (${text}) >>\nendobj\n`;
  return Buffer.from(`${body}xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`);
}

async function hangContract(page) {
  const file = { name: "认购书.pdf", mimeType: "application/pdf", buffer: contract("first") };
  await attachments(page).locator("input[type=file]").last().setInputFiles(file);
  await attachments(page).getByText("认购书.pdf").first().waitFor();
  await attachments(page).scrollIntoViewIfNeeded();
}

/** Its next version, before the ones before it. */
async function newerContract(page) {
  await attachments(page).locator("button").filter({ hasText: "认购书.pdf" }).first().click();
  const file = { name: "认购书（已签）.pdf", mimeType: "application/pdf", buffer: contract("signed") };
  await page.locator("dialog input[type=file]").last().setInputFiles(file);
  await page.locator("dialog summary").click();
  await page.locator("dialog a[download]").waitFor();
}

/** A colleague's name begun in a note. */
async function mention(page) {
  const note = seen(page, "textarea:not([readonly])").last();
  await note.fill("首付还差一点，请 @");
  await page.getByRole("region", { name: /^(可提及的同事|Colleagues to mention)$/ }).getByRole("button").first().click();
  await note.pressSequentially("帮忙谈一下 @");
  await page.getByRole("region", { name: /^(可提及的同事|Colleagues to mention)$/ }).scrollIntoViewIfNeeded();
}

async function clearNote(page) {
  await seen(page, "textarea:not([readonly])").last().fill("");
}

/** The sheet of a new contact, half filled. */
async function enterContact(page) {
  const contacts = page.locator("[data-testid=detail] section").filter({ has: page.locator("h2", { hasText: /^(联系人|Contacts)$/ }) });
  await contacts.last().getByRole("button").first().click();
  await page.locator("dialog input").nth(0).fill("李娜");
  await page.locator("dialog input").nth(1).fill("采购经理");
}
