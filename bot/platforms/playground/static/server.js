// Talks to the server: every event carries an id of its own, so that sending it again changes nothing.

const me = document.body.dataset;

export function eventId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { "Warmup-Person": encodeURIComponent(me.myName), ...options?.headers } });
  } catch {
    throw new Error("Warmup cannot be reached. Is it still running? Nothing was lost: try again.");
  }
  if (response.status === 413) throw new Error("That is far more than a solution needs: send less than 1.9 MB.");
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `The server answered ${response.status}. Please try again.`);
  return answer;
}

export const get = (path, query = {}) => ask(`${path}?${new URLSearchParams(query)}`);

export const post = (path, event) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ event: eventId(), ...event }) });

// Follows what changes in the channel. `changed` gets {id, revision, html}; `connected` gets true or false.
// A hidden page lets go of its connection, because a browser has only six for one server, and catches up later.
export function follow(changed, connected) {
  let revision = me.revision, source = null, timer = 0;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    source = new EventSource(`events?${new URLSearchParams({ after: revision, as: me.myName })}`);
    source.addEventListener("open", () => connected(true));
    source.addEventListener("message", (event) => {
      revision = event.lastEventId || revision;
      changed(JSON.parse(event.data));
    });
    source.addEventListener("error", () => {
      connected(false);
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, 4000);
    });
  };
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  if (!document.hidden) open();
}
