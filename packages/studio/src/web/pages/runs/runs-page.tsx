import { query } from "../../shell/router.js";
import type { PageProps } from "../page.js";
import { RunList } from "./run-list.js";
import { RunView } from "./run-view.js";
import "../../ui/conversation.css";
import "./runs.css";

export default function RunsPage({ params }: PageProps) {
  const { id } = params;
  const other = new URLSearchParams(query.value).get("with");
  if (id === undefined) return <RunList />;
  return <RunView key={`${id} ${other}`} id={id} other={other} />;
}
