// Names and addresses of this machine itself: who uses them needs no key.

/** Whether an address to listen on is reached from this machine alone. */
export function isLoopbackAddress(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u.test(host);
}

/** Whether a `Host` header names this machine itself; a port may stand behind it. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const name = /^\[(.+)\](?::\d+)?$/u.exec(host)?.[1] ?? host.replace(/:\d+$/u, "");
  return isLoopbackAddress(name.toLowerCase());
}

/** Whether a request comes from a page of the host it goes to, or from no page: browsers name the page's origin. */
export function isSameOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host?.toLowerCase());
}
