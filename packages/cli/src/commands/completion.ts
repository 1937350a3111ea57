import type { Command, Outcome, Run } from "../command.ts";
import { COMMANDS, GLOBAL_OPTIONS } from "../command-list.ts";

export const run: Run = async ({ parameters }): Promise<Outcome> => {
  const shell = parameters[0] as keyof typeof SCRIPTS;
  const script = SCRIPTS[shell]();
  return { ok: true, result: { shell, script }, text: () => script };
};

const SCRIPTS = { bash, zsh, fish };

/** The words that can follow what was typed: subcommands, choices and options. */
function wordsAfter(typed: string): string[] {
  const exact = COMMANDS.find(({ name }) => name === typed);
  if (exact !== undefined) return [...(exact.choices ?? []), ...optionNames(exact)];
  const prefix = typed === "" ? "" : `${typed} `;
  const next = COMMANDS.filter(({ name }) => name.startsWith(prefix)).map(
    ({ name }) => name.slice(prefix.length).split(" ")[0] ?? "",
  );
  return [...new Set(next), ...(typed === "" ? ["--help", "--version"] : [])];
}

function optionNames({ options }: Command): string[] {
  return Object.keys({ ...options, ...GLOBAL_OPTIONS }).map((name) => `--${name}`);
}

/** Everything that can stand before the word that is being typed. */
function stems(): string[] {
  return [...new Set(["", ...COMMANDS.flatMap(({ name }) => [name.split(" ")[0] ?? name, name])])];
}

function bash(): string {
  const cases = stems().map((stem) => `    "${stem}") words="${wordsAfter(stem).join(" ")}" ;;`);
  return `# floe completion for bash: eval "$(floe completion bash)"
_floe() {
  local current="\${COMP_WORDS[COMP_CWORD]}" typed="" word words=""
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) typed="\${typed:+$typed }$word" ;; esac
  done
  case "$typed" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _floe floe`;
}

function zsh(): string {
  const cases = stems().map((stem) => `    "${stem}") words=(${wordsAfter(stem).join(" ")}) ;;`);
  return `#compdef floe
# floe completion for zsh: eval "$(floe completion zsh)"
_floe() {
  local typed="" word
  local -a words_typed words
  words_typed=("\${(@)\${(@Q)\${(z)BUFFER}}[2,CURRENT-1]}")
  for word in $words_typed; do
    [[ $word == -* ]] || typed="\${typed:+$typed }$word"
  done
  case "$typed" in
${cases.join("\n")}
  esac
  compadd -- $words || _files
}
compdef _floe floe`;
}

function fish(): string {
  const lines = COMMANDS.flatMap((command) => {
    const [first = "", second] = command.name.split(" ");
    const summary = command.summary.replaceAll("'", "\\'");
    const root = `complete -c floe -f -n __fish_use_subcommand -a ${first} -d '${second === undefined ? summary : first}'`;
    const condition = `__fish_seen_subcommand_from ${second ?? first}`;
    return [
      root,
      ...(second === undefined
        ? []
        : [`complete -c floe -f -n '__fish_seen_subcommand_from ${first}' -a ${second} -d '${summary}'`]),
      ...(command.choices === undefined
        ? []
        : [`complete -c floe -f -n '${condition}' -a '${command.choices.join(" ")}'`]),
      ...optionNames(command).map((name) => `complete -c floe -n '${condition}' -l ${name.slice(2)}`),
    ];
  });
  return ["# floe completion for fish: floe completion fish | source", ...new Set(lines)].join("\n");
}
