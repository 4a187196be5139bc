/** An icon drawn by strokes in the text's colour: the inside of a 24 x 24 SVG, from our own source and never from a model. */
export function Icon({ shapes }: { shapes: string }) {
  return <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" dangerouslySetInnerHTML={{ __html: shapes }} />;
}
