import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const PROJECT_ROOT = join(import.meta.dirname, "../..");

export type Readme = {
  /** The texts of the fenced blocks in a language. */
  readonly blocks: (language: string) => readonly string[];
  /** What it asks the graph, with the answer that it shows for it, if it shows one. */
  readonly queries: () => readonly { readonly query: string; readonly answer: string | undefined }[];
  /** The cells of the table under a heading, row by row, without its head; code marks are taken off. */
  readonly table: (heading: string) => readonly (readonly string[])[];
};

/** @param page by its path within the project */
export async function openReadme(page = "README.md"): Promise<Readme> {
  const text = await readFile(join(PROJECT_ROOT, page), "utf8");
  return {
    blocks: (language) => {
      const found = [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))];
      if (found.length === 0) throw new Error(`${page} has no block of ${language}`);
      return found.map(([, block = ""]) => block);
    },
    queries: () =>
      [...text.matchAll(/^```graphql\n([\s\S]*?)^```\n([\s\S]*?)(?=^## |^```graphql|(?![\s\S]))/gm)].map(
        ([, query = "", after = ""]) => ({ query, answer: /^```json\n([\s\S]*?)^```/m.exec(after)?.[1] }),
      ),
    table: (heading) => {
      const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
      if (section === undefined) throw new Error(`${page} has no heading "${heading}"`);
      const rows = section.split("\n").filter((line) => line.startsWith("|"));
      return rows.slice(2).map((row) => cellsOf(row));
    },
  };
}

function cellsOf(row: string): readonly string[] {
  return row
    .slice(1, row.lastIndexOf("|"))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll("`", "").replaceAll("\\|", "|"));
}
