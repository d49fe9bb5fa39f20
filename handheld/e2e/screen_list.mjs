// One line a screen for `make screens`. as: who is signed in (null: nobody). path: below /app. prepare: what to do there
// first; after: what to put back. Screens of one person are visited in this order.
const firstVisit = (page) => page.locator("article a:visible").first().click();
const deed = (page) => page.locator("footer button:visible").last().click();
const [li, jie] = ["li.wang", "jie.chen"];
const firstRow = (page) => page.locator("section li a:visible").first().click();
const lastRow = (page) => page.locator("section li a:visible").last().click();
const main = (page) => page.locator("footer .adm-button-primary:visible").first().click();

export const SCREENS = [
  { name: "signin", as: null, path: "/" },
  { name: "signin-refused", as: null, path: "/", prepare: wrongPassword },
  { name: "today", as: li, path: "/" },
  { name: "today-tomorrow", as: li, path: "/", prepare: (page) => page.locator("header button:visible").nth(2).click() },
  { name: "visit-add", as: li, path: "/visits/new" },
  { name: "visit-log", as: li, path: "/", prepare: firstVisit },
  { name: "visit-refused", as: li, prepare: deed },
  { name: "customers", as: li, path: "/customers" },
  { name: "customers-search", as: li, path: "/customers", prepare: (page) => page.locator("input[type=search]").fill("l") },
  { name: "customer", as: li, path: "/customers", prepare: (page) => page.locator("li a:visible").first().click() },
  { name: "customer-edit", as: li, prepare: (page) => page.locator("h2 + button:visible").first().click() },
  { name: "customer-new", as: li, path: "/customers/new" },
  { name: "me", as: li, path: "/me" },
  { name: "mend-empty", as: li, path: "/me/mend" },
  { name: "expenses", as: li, path: "/expenses" },
  { name: "expense-new", as: li, path: "/expenses/new" },
  { name: "expense-refused", as: li, prepare: main },
  { name: "claim", as: li, prepare: taxi },
  { name: "claim-incomplete", as: li, prepare: main },
  { name: "expense-incomplete", as: li, prepare: lastRow },
  { name: "claim-waiting", as: li, prepare: submit },
  { name: "inbox", as: li, path: "/inbox" },
  { name: "notifications", as: li, path: "/me/notifications" },
  { name: "team", as: jie, path: "/team" },
  { name: "team-person", as: jie, prepare: firstRow },
  { name: "team-visit", as: jie, prepare: lastRow },
  { name: "approvals", as: jie, path: "/approvals" },
  { name: "approval", as: jie, prepare: firstRow },
  { name: "approval-deciding", as: jie, prepare: main },
  { name: "inbox-leader", as: jie, path: "/inbox" },
  { name: "me-leader", as: jie, path: "/me" },
  { name: "offline", as: li, path: "/", prepare: (_, phone) => phone.offline(true) },
];

async function wrongPassword(page) {
  await page.locator("input[autocomplete=organization]").fill("demo");
  await page.locator("input[autocomplete=username]").fill("li.wang");
  await page.locator("input[autocomplete=current-password]").fill("not it");
  await page.locator("form button[type=submit]").click();
  await page.getByRole("alert").waitFor();
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
