#!/usr/bin/env node
// Plain old JavaScript, so that a Node that is too old can run this much and say so.
var least = [22, 18];
var version = process.versions.node.split(".");
var major = Number(version[0]);
if (major < least[0] || (major === least[0] && Number(version[1]) < least[1])) {
  process.stderr.write(
    "floe needs Node " +
      least.join(".") +
      " or newer; this is Node " +
      process.versions.node +
      " (https://nodejs.org).\n",
  );
  process.exit(2);
}
// Compiled code is kept between runs, which halves the time that loading takes.
require("node:module").enableCompileCache();
import("@floe/cli/main").then((floe) => floe.main(process.argv.slice(2)));
