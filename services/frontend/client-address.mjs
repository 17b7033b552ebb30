// Loaded before the server: X-Forwarded-For ends with who really connected, so that the backend, which limits tries by address,
// need not believe what a visitor wrote there. Next itself only fills the header in when it is missing.
import http from "node:http";

const { createServer } = http;

http.createServer = (...parameters) => {
  const server = createServer(...parameters);
  server.prependListener("request", ({ headers, socket }) => {
    headers["x-forwarded-for"] = [headers["x-forwarded-for"], socket.remoteAddress].filter(Boolean).join(", ");
  });
  return server;
};
