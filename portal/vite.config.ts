import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** All but texts, of which a browser loads one language. */
const SHARED = /portal\/(?!pages\/)(?!\w+\/strings\/)/;

/** `npm run portal:dev` serves the sources on port 5173 and passes on to a gateway on 4000 what is the graph's. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    target: "es2022",
    // A data: address is no 'self' of the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // What many pages share would be a file each, of which a browser asks for six at a time.
      output: { codeSplitting: { groups: [{ name: "shared", test: SHARED, minShareCount: 2 }] } },
    },
  },
  server: {
    proxy: {
      "/graphql": { target: "http://127.0.0.1:4000", ws: true },
      "/files": "http://127.0.0.1:4000",
      "/dev": "http://127.0.0.1:4000",
      "/portal/settings": "http://127.0.0.1:4000",
    },
  },
});
