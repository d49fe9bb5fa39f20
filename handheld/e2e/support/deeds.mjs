// What people do in the app, in whichever language it speaks: found by place and role, not by text.

/** On the screen of a new visit: of the first customer found, today. send: tap the button as well. */
export async function planVisit(page, { find = "l", send = true } = {}) {
  await page.locator("[data-testid=detail] input[type=search]:visible").fill(find);
  await page.locator("[data-testid=detail] ul li > button:visible").first().click();
  await page.locator("[data-testid=detail] [role=group] button:visible").nth(1).click();
  if (send) await page.locator("[data-testid=detail] footer button:visible").last().click();
}

/** On the screen of a new customer. */
export async function newCustomer(page, { name, phone = "" }) {
  await page.locator("[data-testid=detail] input[id]:visible").nth(0).fill(name);
  await page.locator("[data-testid=detail] input[id]:visible").nth(1).fill(phone);
  await page.locator("[data-testid=detail] footer button:visible").last().click();
}
