/** The frame of every page: navigation, settings, the page itself. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { pages } from "../pages/index.js";
import type { Page, PageProps } from "../pages/page.js";
import { Navigation } from "./navigation.js";
import { followLinks, match, navigate, path } from "./router.js";
import { serverIsAway } from "./server-state.js";
import { words } from "./words.js";

export function App() {
  useEffect(() => {
    document.addEventListener("click", followLinks);
    return () => document.removeEventListener("click", followLinks);
  }, []);
  const address = path.value;
  useEffect(() => {
    if (address === "/") navigate(pages[0]!.pattern.replace(/\/:.*$/, ""), { replace: true });
  }, [address]);
  const [page, params] = found(address);
  useEffect(() => {
    document.title = page ? `${page.title()} · cachalot` : "cachalot";
  });
  return (
    <>
      <a class="skip" href="#content">
        {words().skip}
      </a>
      <Navigation current={page} />
      <div id="content" class="content">
        {serverIsAway.value && (
          <p class="away" role="status">
            {words().away}
          </p>
        )}
        {page ? (
          <Loaded key={page.pattern} page={page} params={params} />
        ) : (
          address !== "/" && <main>{words().notFound}</main>
        )}
      </div>
    </>
  );
}

function found(address: string): [page: Page | undefined, params: Record<string, string>] {
  for (const page of pages) {
    const params = match(page.pattern, address);
    if (params) return [page, params];
  }
  return [undefined, {}];
}

function Loaded({ page, params }: { page: Page; params: Record<string, string> }) {
  const [code, setCode] = useState<{ Component: ComponentType<PageProps> } | "failed">();
  const load = () => {
    setCode(undefined);
    page.load().then(
      ({ default: Component }) => setCode({ Component }),
      () => setCode("failed"),
    );
  };
  // A page is loaded once
  useEffect(load, [page]);
  if (code === undefined) return <p class="quiet">{words().loading}</p>;
  if (code === "failed")
    return (
      <main>
        <p>{words().failed}</p>
        <button type="button" onClick={load}>
          {words().retry}
        </button>
      </main>
    );
  return <code.Component params={params} />;
}
