/// <reference types="vitest/config" />
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  // Under vitest, Svelte's browser build: components are mounted into a DOM.
  resolve: mode === "test" ? { conditions: ["browser"] } : {},
  build: {
    outDir: "dist",
    // WebKitGTK 2.40, macOS 13 and any WebView2.
    target: ["es2022", "safari16"],
    modulePreload: { polyfill: false },
    // Everything is a file of its own: the CSP has no room for more.
    assetsInlineLimit: 0,
  },
  server: { port: 5173, strictPort: true },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.ts"],
    setupFiles: ["src/test-setup.ts"],
  },
}));
