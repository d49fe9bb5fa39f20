/** Files that the office writes: what is asked for, and what is said when it is not to be had. */
import { beforeAll, describe, expect, it } from "vitest";
import { WIDE } from "../../src/app/customers/filters";
import { customersOf, takeFile, visitsOf } from "../../src/app/exports/exporting";
import type { Asked, Workspace } from "../../src/device/api";
import { i18n } from "../../src/i18n";

beforeAll(() => {
  i18n.loadAndActivate({ locale: "en", messages: {} });
});

const refused = (code: string, params: object = {}): Asked => ({ offline: false, status: 403, code, body: { params } });
const FILE: Asked = { offline: false, status: 200, code: null, body: new Blob(["x"]) };
const CONFIRMED: Asked = { offline: false, status: 204, code: null, body: {} };

/** An office that answers these in order, and what was asked of it. */
function office(...answers: Asked[]): { readonly workspace: Workspace; readonly asked: string[] } {
  const asked: string[] = [];
  const ask = (method: string, path: string): Promise<Asked> => {
    asked.push(`${method} ${path}`);
    return Promise.resolve(answers.shift() ?? { offline: true });
  };
  const now = () => {
    asked.push("sync");
    return Promise.resolve();
  };
  return { workspace: { ask, sync: { now } } as unknown as Workspace, asked };
}

describe("a file of what is in reach", () => {
  it("is narrowed as the list is, after what waits here was sent", async () => {
    const { workspace, asked } = office(FILE);
    const wanted = customersOf({ ...WIDE, grade: "A", need: "clear", owner: "jie" }, " 王 ");
    expect(await takeFile(workspace, wanted, "csv", null)).toMatchObject({ name: "customers.csv" });
    expect(asked).toEqual(["sync", "GET /api/v1/customers/export?grade=A&need_level=clear&owner_id=jie&text=%E7%8E%8B&format=csv"]);
  });

  it("asks for the password once the office does, and says when it is wrong", async () => {
    const visits = visitsOf("2025-03-01", "2025-03-31");
    expect(await takeFile(office(refused("core.confirmation-needed")).workspace, visits, "xlsx", null)).toMatchObject({ file: null, isPassword: true });
    const wrong = office(refused("accounts.sign-in-refused"));
    expect(await takeFile(wrong.workspace, visits, "xlsx", "x")).toMatchObject({ file: null, isPassword: true });
    expect(wrong.asked).toEqual(["POST /api/v1/session/confirm"]);
    const { workspace, asked } = office(CONFIRMED, FILE);
    expect(await takeFile(workspace, visits, "xlsx", "right")).toMatchObject({ name: "visits.xlsx" });
    expect(asked.at(-1)).toBe("GET /api/v1/visits/export?from=2025-03-01&to=2025-03-31&format=xlsx");
  });

  it("is not had without a network, nor a fourth time in a day, and that is said", async () => {
    const away = await takeFile(office().workspace, visitsOf("2025-03-01", "2025-03-01"), "xlsx", null);
    expect(away).toEqual({ file: null, isPassword: false, why: expect.stringContaining("needs a network") as string });
    const often = await takeFile(office(refused("core.rate-limited", { seconds: 60 })).workspace, visitsOf("2025-03-01", "2025-03-01"), "xlsx", null);
    expect(often).toMatchObject({ file: null, isPassword: false });
    expect((often as { why: string }).why).not.toBe((away as { why: string }).why);
  });
});
