/** What of its look a drawing has from style sheets, which a file of it has not. */
const LOOKS = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
] as const;

const NAMESPACE = "http://www.w3.org/2000/svg";
const HEAD = 56;
const MARGIN = 16;

/** The drawing by itself, as it looks at present, under its title. */
export function pictureOf(drawing: SVGSVGElement, { title, subtitle }: { title: string; subtitle: string }): Blob {
  const { width, height } = sizeOf(drawing);
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [...drawing.querySelectorAll("*")];
  for (const [index, element] of [...copy.querySelectorAll("*")].entries()) {
    const original = originals[index];
    if (!original) continue;
    const look = getComputedStyle(original);
    for (const name of LOOKS) element.setAttribute(name, look.getPropertyValue(name));
    element.removeAttribute("class");
  }
  for (const link of copy.querySelectorAll("a")) link.removeAttribute("href");
  const page = getComputedStyle(document.documentElement);
  const font = { "font-family": getComputedStyle(document.body).fontFamily };
  const ink = (name: string) => page.getPropertyValue(name).trim();
  const picture = make("svg", {
    width: String(width + 2 * MARGIN),
    height: String(height + HEAD + MARGIN),
  });
  const body = make("g", { transform: `translate(${MARGIN} ${HEAD})` });
  body.append(...copy.childNodes);
  picture.append(
    make("rect", { width: "100%", height: "100%", fill: ink("--surface") }),
    make("text", { ...font, x: "16", y: "26", "font-size": "15", "font-weight": "620", fill: ink("--ink") }, title),
    make("text", { ...font, x: "16", y: "44", "font-size": "12", fill: ink("--ink-soft") }, subtitle),
    body,
  );
  return new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" });
}

/** The same in pixels, two to each of the screen, so that it is sharp in print. */
export async function pixelsOf(picture: Blob): Promise<Blob> {
  const url = URL.createObjectURL(picture);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.naturalWidth;
    canvas.height = 2 * image.naturalHeight;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture has no pixels"))), "image/png");
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}

function sizeOf(drawing: SVGSVGElement) {
  return { width: drawing.width.baseVal.value, height: drawing.height.baseVal.value };
}

function make(name: string, attributes: Readonly<Record<string, string>>, text = ""): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.textContent = text;
  return element as SVGElement;
}
