// One line a screen for `make screens`. as: who is signed in (null: nobody). path: below /app. prepare: what to do there
// first; after: what to put back. Screens of one person are visited in this order.
const firstVisit = (page) => page.locator("article a:visible").first().click();
const deed = (page) => page.locator("footer button:visible").last().click();
const li = "li.wang";

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
  { name: "offline", as: li, path: "/", prepare: (_, phone) => phone.offline(true) },
];

async function wrongPassword(page) {
  await page.locator("input[autocomplete=organization]").fill("demo");
  await page.locator("input[autocomplete=username]").fill("li.wang");
  await page.locator("input[autocomplete=current-password]").fill("not it");
  await page.locator("form button[type=submit]").click();
  await page.getByRole("alert").waitFor();
}
