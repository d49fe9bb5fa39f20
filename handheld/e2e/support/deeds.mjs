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

/** In English, on the screen of a planned visit or of one under way. Leaves it to be finished. */
export async function fillLog(page, { outcome = "Met", result, grade }) {
  const seen = (name) => page.getByRole("button", { name, exact: true }).locator("visible=true");
  await seen(outcome).click();
  await page.getByLabel("Result").locator("visible=true").fill(result);
  if (grade) await seen(grade).click();
  await seen("In 3 days").click();
}

/** In English: an expense of today with a picture of its receipt, ends on the page of its claim. */
export async function enterExpense(page, { amount, kind = "Taxi", picture }) {
  const seen = (name) => page.getByRole("button", { name, exact: true }).locator("visible=true");
  await page.getByLabel("Amount (CNY)").waitFor();
  for (const key of amount) await seen(key).click();
  await seen(kind).click();
  await page.getByRole("group", { name: "Visit" }).getByRole("button").first().click();
  await page.locator("input[type=file]").last().setInputFiles({ name: "receipt.png", mimeType: "image/png", buffer: picture });
  await page.locator("img[alt='The receipt of this expense']").waitFor();
  await seen("Save the expense").click();
  await seen("Submit for approval").waitFor();
}

/** A picture that does not get small: as many bytes as a photo of a receipt, sent in several parts. */
export async function photo(page) {
  const address = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1000;
    const drawing = canvas.getContext("2d");
    const image = drawing.createImageData(1000, 1000);
    for (let at = 0; at < image.data.length; at += 65_536) globalThis.crypto.getRandomValues(image.data.subarray(at, at + 65_536));
    for (let at = 3; at < image.data.length; at += 4) image.data[at] = 255;
    drawing.putImageData(image, 0, 0);
    return canvas.toDataURL("image/png");
  });
  return Buffer.from(address.split(",")[1], "base64");
}
