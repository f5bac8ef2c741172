/** Round figures from nothing up to at least `top`, about four of them. */
export function ticksUpTo(top: number): readonly number[] {
  if (top <= 0) return [0, 1];
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10));
  return Array.from({ length: Math.ceil(top / step) + 1 }, (_, index) => index * step);
}

/** As much of a text as has room, by what a letter takes on average. */
export function fitting(text: string, width: number, letterWidth = 6.9): string {
  const most = Math.max(3, Math.floor(width / letterWidth));
  return text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`;
}
