// SPDX-License-Identifier: Apache-2.0
#include "server/config/describe.hpp"

#include <string_view>

#include "server/config/config.hpp"
#include "server/config/options.hpp"

namespace sluice {

namespace {

constexpr std::string_view help_head =
    "sluiced: decides quota checks.\n"
    "\n"
    "Usage: sluiced [OPTION]...\n"
    "\n"
    "Each option may also stand in the environment (--log-level is SLUICE_LOG_LEVEL) or in the\n"
    "file that --config names (log-level = info). Flags win over the environment, and the\n"
    "environment over the file.\n"
    "\n";

constexpr std::string_view markdown_head =
    "# Configuration of sluiced\n"
    "\n"
    "Made by `sluiced --help-markdown`; change the table in `server/config/options.cpp`, then run\n"
    "`sluiced --help-markdown > docs/configuration.md`.\n"
    "\n"
    "Each option is a flag (`--log-level info`), an environment variable "
    "(`SLUICE_LOG_LEVEL=info`),\n"
    "or a line in the file that `--config` names (`log-level = info`). Flags win over the\n"
    "environment, the environment over the file, the file over the defaults. An option that "
    "nobody\n"
    "knows, a value that is not allowed, and an environment variable that begins with `SLUICE_` "
    "and\n"
    "is not listed here stop the start with a message that says where it stands. (Kubernetes "
    "makes\n"
    "such variables for a service that is called `sluice`: set `enableServiceLinks: false`.)\n"
    "\n"
    "A duration is a whole number with a unit: `us`, `ms`, `s`, `m` or `h`. In the file a value "
    "may\n"
    "stand in quotes, and `#` begins a comment.\n"
    "\n"
    "| option | environment | default | allowed | what it is |\n"
    "|---|---|---|---|---|\n";

void add_help(std::string& text, std::string_view flag, std::string_view kind,
              std::string_view meaning, const std::string& notes) {
  text += "  --" + std::string{flag};
  if (!kind.empty()) {
    text += ' ' + std::string{kind};
  }
  text += "\n      " + std::string{meaning} + '\n';
  if (!notes.empty()) {
    text += "      " + notes + '\n';
  }
}

std::string code(std::string_view text) {
  return text.empty() ? "none" : '`' + std::string{text} + '`';
}

}  // namespace

std::string describe_options_help() {
  std::string text{help_head};
  for (const Option& option : options()) {
    const std::string fallback =
        option.field.default_value.empty() ? "none" : option.field.default_value;
    add_help(text, option.name, option.field.kind, option.meaning,
             "Default " + fallback + "; allowed " + option.field.allowed + '.');
  }
  add_help(text, config_option, "PATH", config_meaning, "");
  add_help(text, "help", "", "Print this and exit.", "");
  add_help(text, "help-markdown", "", "Print docs/configuration.md and exit.", "");
  add_help(text, "version", "", "Print the version and exit.", "");
  return text;
}

std::string describe_options_markdown() {
  std::string text{markdown_head};
  const auto add_row = [&](std::string_view name, std::string_view kind,
                           const std::string& default_value, std::string_view allowed,
                           std::string_view meaning) {
    text += "| `--" + std::string{name} + ' ' + std::string{kind} + "` | `" +
            environment_name(name) + "` | " + code(default_value) + " | " + std::string{allowed} +
            " | " + std::string{meaning} + " |\n";
  };
  for (const Option& option : options()) {
    add_row(option.name, option.field.kind, option.field.default_value, option.field.allowed,
            option.meaning);
  }
  add_row(config_option, "PATH", "", "a file that can be read", config_meaning);
  return text;
}

}  // namespace sluice
