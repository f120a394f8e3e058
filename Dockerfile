# One image for every process: the gateway, the four subgraphs and the commands. docker-compose.yml says which is which.
# Debian, not Alpine: what the packages bring along is made for glibc.
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are Node and a PostgreSQL for developers' machines. Here Node is the image's own, and the
# database is a server of yours. No package that is left needs an install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
WORKDIR /app
# Where `import` names the rows that it did not take, when a volume is mounted here.
RUN mkdir /rejects && chown node:node /rejects
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY platform platform
COPY schema schema
COPY subgraphs subgraphs
COPY gateway gateway
COPY cli cli
USER node
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node"]
CMD ["gateway/main.ts"]
