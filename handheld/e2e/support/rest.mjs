// Somebody at the office, who uses the REST door.

/** Signs in; { get, post } below /api/v1. Throws when it is refused. */
export async function officeOf(url, username, password = "doorstep-demo", organisation = "demo") {
  const ask = async (method, path, body, token) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const told = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${told}`);
    return told === "" ? null : JSON.parse(told);
  };
  const { access_token: token } = await ask("POST", "/session", { organisation, username, password });
  return { get: (path) => ask("GET", path, null, token), post: (path, body) => ask("POST", path, body, token) };
}
