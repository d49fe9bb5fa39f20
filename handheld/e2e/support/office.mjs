// The office beside a journey: somebody of the demo organisation who asks the API for what the journey needs.

const PASSWORD = "doorstep-demo";

export class Office {
  #token = "";

  constructor(url) {
    this.url = url;
  }

  static async of(url, username) {
    const office = new Office(url);
    const answer = await office.ask("POST", "/session", { organisation: "demo", username, password: PASSWORD });
    office.#token = answer.access_token;
    return office;
  }

  async ask(method, path, body) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { "Content-Type": "application/json", ...(this.#token ? { Authorization: `Bearer ${this.#token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  }

  /** Who this is: his id. */
  me = async () => (await this.ask("GET", "/session")).user.id;

  /** The bytes of a picture. */
  async picture(sha256) {
    const answer = await fetch(`${this.url}/api/v1/files/${sha256}`, { headers: { Authorization: `Bearer ${this.#token}` } });
    return Buffer.from(await answer.arrayBuffer());
  }

  /** All pages of a list. */
  async all(path) {
    const items = [];
    for (let cursor = null; ; ) {
      const page = await this.ask("GET", `${path}${path.includes("?") ? "&" : "?"}limit=100${cursor ? `&cursor=${cursor}` : ""}`);
      items.push(...page.items);
      if (!page.next) return items;
      cursor = page.next;
    }
  }

  /** A new customer who is a member. { customer, member }. */
  async member(name, tier = "gold") {
    const customer = await this.ask("POST", "/customers", { name });
    const member = await this.ask("POST", "/members", { customer_id: customer.id, tier });
    return { customer: customer.id, member: member.id };
  }

  /** A new card of a member, and what it shows. { id, text }. */
  async card(member, kind = "printed") {
    const { id } = await this.ask("POST", "/cards", { member_id: member, kind });
    return { id, text: await this.codeOf(id) };
  }

  async codeOf(card) {
    return (await this.ask("POST", `/cards/${card}/code`)).text;
  }

  lose = (card) => this.ask("POST", `/cards/${card}/lose`);

  centre = (name) => this.ask("POST", "/sales-centres", { name });

  /** A new kiosk with its one-time code. { id, number, code }. */
  async kiosk(centre, name = "Door") {
    const { id, number } = await this.ask("POST", "/kiosks", { name, sales_centre_id: centre });
    return { id, number, code: await this.codeFor(id) };
  }

  async codeFor(kiosk) {
    return (await this.ask("POST", `/kiosks/${kiosk}/code`)).code;
  }

  /** A new receptionist beside this person, in his team. */
  async reception(username, name) {
    const admin = await Office.of(this.url, "admin");
    const { items: roles } = await admin.ask("GET", "/roles");
    const { user } = await this.ask("GET", "/session");
    const role_ids = roles.filter((each) => each.code === "reception").map((each) => each.id);
    await admin.ask("POST", "/users", { number: "R001", name, username, unit_id: user.unit_id, role_ids, password: PASSWORD });
  }

  /** When this customer came in, by his timeline: instants. */
  async arrivalsOf(customer) {
    const lines = await this.all(`/customers/${customer}/timeline`);
    return lines.filter((line) => line.kind === "checked-in");
  }
}

