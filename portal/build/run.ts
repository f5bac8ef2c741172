import { buildPortal } from "./build-portal.ts";

// Vite takes what is set for what is wanted, and whoever starts this may have set anything.
process.env.NODE_ENV = "production";
await buildPortal({ bundle: !process.argv.includes("--types") });
