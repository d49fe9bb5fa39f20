// A sales centre of the demo organisation for journeys of kiosks: its server, its people, its members.
import { setTimeout as sleep } from "node:timers/promises";
import { Kiosk } from "./kiosks.mjs";
import { Office } from "./office.mjs";
import { startServer } from "./server.mjs";

export class Hall {
  /** server: that of a journey whose phones stand in the same hall; none: one of its own. */
  static async open(server) {
    const hall = new Hall();
    hall.server = server ?? (await startServer());
    // jie leads the team, li sells in it.
    hall.boss = await Office.of(hall.server.url, "jie.chen");
    hall.li = await Office.of(hall.server.url, "li.wang");
    hall.centre = (await hall.boss.centre("湖畔案场")).id;
    return hall;
  }

  /** A kiosk that is set up. */
  async kiosk(options = {}) {
    const station = await this.boss.kiosk(this.centre);
    const kiosk = new Kiosk(this.server.url, options);
    await kiosk.open();
    await kiosk.enrol(station);
    return { kiosk, station };
  }

  /** A member with one card: { name, customer, member, card, text }. */
  async member(name, kind = "printed") {
    const { customer, member } = await this.li.member(name);
    const { id, text } = await this.li.card(member, kind);
    return { name, customer, member, card: id, text };
  }

  arrivalsOf = ({ customer }) => this.li.arrivalsOf(customer);

  /** As the office sees them, oldest first. */
  readingsOf = async ({ id }) => (await this.boss.all(`/kiosks/${id}/readings`)).reverse();

  async until(holds, what, ms = 30_000) {
    const end = Date.now() + ms;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
      await sleep(250);
    }
  }

  close = () => this.server.stop();
}
