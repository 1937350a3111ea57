import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { locateEnvironment } from "../../src/python/environment.ts";
import { mergeRequirements } from "../../src/python/requirements.ts";
import { pythonProject } from "./support.ts";

const HASH = `--hash=sha256:${"a".repeat(64)}`;

describe("requirements", () => {
  it("are merged, normalised and sorted, so that order and comments make no difference", async () => {
    const { dir, requirements } = pythonProject(
      `# pinned\nZope.Interface==1.0 ${HASH}\nattrs==2.0 ; python_version < "3.12" \\\n    ${HASH}  # why\n`,
    );
    const second = join(dir, "second.txt");
    writeFileSync(second, `zope-interface==1.0\n`);
    expect(await mergeRequirements({ requirements, additionalRequirements: [second] })).toEqual({
      // The second file's pin takes the hashes of the first.
      text: `attrs==2.0 ; python_version < "3.12" ${HASH}\nzope-interface==1.0 ${HASH}\n`,
      hashed: true,
    });
  });

  it.each([
    "attrs",
    "attrs>=1",
    "attrs @ https://example.com/a.whl",
    "--index-url https://example.com",
    "-r other.txt",
    "-e .",
    "git+https://example.com/x",
  ])("are refused when not pinned: %s", async (line) => {
    const { requirements } = pythonProject(`${line}\n`);
    await expect(mergeRequirements({ requirements })).rejects.toMatchObject({
      code: "PYTHON.ENVIRONMENT_FAILED",
      summary: expect.stringContaining("isn't a pinned requirement"),
    });
  });

  it("that contradict each other are told with both files", async () => {
    const { requirements } = pythonProject("attrs==1.0\n");
    await expect(mergeRequirements({ requirements, packages: ["attrs==2.0"] })).rejects.toMatchObject({
      why: `${requirements} pins 1.0, the configuration pins 2.0.`,
    });
  });

  it("may pin a package for several Pythons, but not twice for the same", async () => {
    const forked = 'attrs==1.0 ; python_version < "3.11"\nattrs==2.0 ; python_version >= "3.11"\n';
    const { requirements } = pythonProject(forked);
    expect((await mergeRequirements({ requirements })).text).toBe(forked);
    await expect(
      mergeRequirements({ requirements, packages: ['attrs==3.0 ; python_version < "3.11"'] }),
    ).rejects.toMatchObject({ summary: "Two versions of attrs are asked for." });
  });

  it("make the same environment for the same content, Python and platform", async () => {
    const { requirements } = pythonProject("attrs==1.0\n");
    const keyOf = async (version: string, packages: string[] = []) =>
      (
        await locateEnvironment(
          { requirements, packages },
          { interpreter: { program: "p", version, platform: "x" }, cacheDir: "/c" },
        )
      ).key;
    const key = await keyOf("3.11.7");
    expect(await keyOf("3.11.9")).toBe(key);
    expect(await keyOf("3.12.0")).not.toBe(key);
    expect(await keyOf("3.11.7", ["six==1.0"])).not.toBe(key);
  });
});
