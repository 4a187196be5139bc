/** Where programs are looked for: those of /usr/local that Debian has no links for, then as everywhere. */

export const PATH = "/usr/local/go/bin:/usr/local/cargo/bin:/usr/local/bin:/usr/bin:/bin";
