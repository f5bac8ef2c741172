import type { Grants } from "../../../subgraphs/shared/identity/grants.ts";
import type { Services } from "../../../subgraphs/shared/subgraph/request-context.ts";
import type { Graph } from "./graph.ts";

type Layer = "both layers" | "the application alone" | "row level security alone";

/**
 * Takes one of two layers of access away, so that the other one has to do by itself. The application's is taken by telling
 * it that nobody is limited; the database then reads the limits for itself. Row level security is switched off.
 */
export function openLayers({ sql, services }: Graph) {
  let undo: (() => Promise<void>) | undefined;
  return {
    leave: async (layer: Layer): Promise<Services> => {
      if (layer === "the application alone") {
        const tables = await sql<{ name: string }>(
          "select c.oid::regclass::text as name from pg_class c where c.relkind in ('r', 'p') and c.relrowsecurity",
        );
        const turn = async (way: "enable" | "disable") => {
          for (const { name } of tables) await sql(`alter table ${name} ${way} row level security`);
        };
        await turn("disable");
        undo = () => turn("enable");
      }
      if (layer !== "row level security alone") return services;
      const functions = await sql<{ text: string }>(
        "select pg_get_functiondef(oid) as text from pg_proc where proname in ('limits', 'unlimited')",
      );
      await sql(READ_LIMITS);
      undo = async () => {
        for (const { text } of functions) await sql(text);
      };
      return { ...services, grantsOf: async (...of) => unlimited(await services.grantsOf(...of)) };
    },
    restore: async () => {
      await undo?.();
      undo = undefined;
    },
  };
}

function unlimited(grants: Grants): Grants {
  return new Map([...grants].map(([merchant, grant]) => [merchant, { ...grant, locations: null }]));
}

const READ_LIMITS = `
  create or replace function concord.limits() returns jsonb language sql stable security definer as $$
    select jsonb_object_agg(merchant_id, locations) from accounts.membership
    where user_id = concord.acting_user() and locations is not null
  $$;
  create or replace function concord.unlimited() returns boolean language sql stable as $$
    select case when concord.limits() is null then true end
  $$;`;
