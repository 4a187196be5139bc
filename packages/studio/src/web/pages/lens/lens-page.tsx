import "./lens.css";
import type { LensList } from "../../../wire/lens.js";
import { useResource } from "../../ui/use-resource.js";
import type { PageProps } from "../page.js";
import { Composer } from "./composer.js";
import { LensView } from "./lens-view.js";
import { words } from "./words.js";

export default function LensPage({ params }: PageProps) {
  const w = words();
  const list = useResource<LensList>(params.id ? "" : "lens");
  if (params.id) return <LensView key={params.id} id={params.id} />;
  return (
    <main class="lens">
      <h1>{w.title}</h1>
      <p class="quiet">{w.intro}</p>
      {list.value?.available === false && (
        <section class="notice" role="note">
          <h2>{w.unavailableTitle}</h2>
          <p>{w.unavailable}</p>
        </section>
      )}
      {list.value?.available && <Composer lenses={list.value.lenses} />}
    </main>
  );
}
