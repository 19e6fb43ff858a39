// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/completion.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "ops/sluicectl/command_line.hpp"

namespace sluice::ctl {
namespace {

struct OptionWords {
  std::vector<std::string> names;  ///< With their dashes.
  std::string description;
  std::vector<std::string> choices;
  bool takes_value = false;
};

/// A command as completion sees it.
struct CommandWords {
  std::string path;  ///< Such as "tenant create"; empty for the program itself.
  std::vector<std::pair<std::string, std::string>> subcommands;  ///< Names and descriptions.
  std::vector<OptionWords> options;
  bool names_tenant = false;
  bool names_directory = false;
};

/// The choices of an option stand in its type, as `TEXT:{day,month}`.
std::vector<std::string> choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) {
    return {};
  }
  return CLI::detail::split(type.substr(open + 1, close - open - 1), ',');
}

void add_options(const CLI::App& app, CommandWords& words) {
  for (const CLI::Option* const option : app.get_options()) {
    if (!option->nonpositional()) {
      const std::string name = option->get_name(true);
      words.names_tenant = words.names_tenant || name == tenant_positional;
      words.names_directory = words.names_directory || name == directory_positional;
      continue;
    }
    OptionWords entry;
    for (const std::string& name : option->get_lnames()) {
      entry.names.push_back("--" + name);
    }
    for (const std::string& name : option->get_snames()) {
      entry.names.push_back("-" + name);
    }
    entry.description = option->get_description();
    entry.choices = choices_of(*option);
    entry.takes_value = option->get_items_expected_max() > 0;
    words.options.push_back(std::move(entry));
  }
}

void collect(const CLI::App& app, const std::string& path, std::vector<CommandWords>& all) {
  CommandWords words;
  words.path = path;
  add_options(app, words);
  for (const CLI::App* const child : app.get_subcommands({})) {
    words.subcommands.emplace_back(child->get_name(), child->get_description());
  }
  all.push_back(std::move(words));
  for (const CLI::App* const child : app.get_subcommands({})) {
    collect(*child, path.empty() ? child->get_name() : path + " " + child->get_name(), all);
  }
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

/// Shell functions that bash and zsh both read: what may follow where.
std::string shared_functions(const std::vector<CommandWords>& all) {
  std::string subcommands;
  std::string options;
  std::string values;
  std::string tenants;
  for (const CommandWords& command : all) {
    std::vector<std::string> names;
    for (const auto& [name, description] : command.subcommands) {
      names.push_back(name);
    }
    std::vector<std::string> option_names;
    for (const OptionWords& option : command.options) {
      option_names.insert(option_names.end(), option.names.begin(), option.names.end());
      for (const std::string& name : option.names) {
        if (option.takes_value) {
          values += fmt::format("    '{}:{}') echo '{}' ;;\n", command.path, name,
                                joined(option.choices));
        }
      }
    }
    subcommands += fmt::format("    '{}') echo '{}' ;;\n", command.path, joined(names));
    options += fmt::format("    '{}') echo '{}' ;;\n", command.path, joined(option_names));
    if (command.names_tenant) {
      tenants += fmt::format("{}'{}'", tenants.empty() ? "" : "|", command.path);
    }
  }
  return fmt::format(
      "# The commands below a command.\n"
      "_sluicectl_subcommands() {{\n  case \"$1\" in\n{}  esac\n}}\n"
      "# The options of a command.\n"
      "_sluicectl_options() {{\n  case \"$1\" in\n{}  esac\n}}\n"
      "# The values of COMMAND:OPTION, if they are known; fails if the option takes none.\n"
      "_sluicectl_values() {{\n  case \"$1\" in\n{}    *) return 1 ;;\n  esac\n}}\n"
      "# Whether a command names a tenant first.\n"
      "_sluicectl_names_tenant() {{\n  case \"$1\" in\n    {}) return 0 ;;\n  esac\n  return "
      "1\n}}\n",
      subcommands, options, values, tenants);
}

/// Walks the words before the cursor to the command they name, and prints what may come next.
constexpr std::string_view shared_walk = R"sh(
_sluicectl_candidates() {
  local current="$1" path='' position=0 skip=0 word last=''
  shift
  for word in "$@"; do
    if [[ $skip == 1 ]]; then
      skip=0
      continue
    fi
    case "$word" in
      -*)
        last="$word"
        if _sluicectl_values "$path:$word" >/dev/null || _sluicectl_values ":$word" >/dev/null; then
          skip=1
        fi
        ;;
      *)
        case " $(_sluicectl_subcommands "$path") " in
          *" $word "*) path="${path:+$path }$word" ;;
          *) position=$((position + 1)) ;;
        esac
        ;;
    esac
  done
  if [[ $skip == 1 ]]; then
    _sluicectl_values "$path:$last" || _sluicectl_values ":$last"
  elif [[ "$current" == -* ]]; then
    _sluicectl_options "$path"
    _sluicectl_options ''
  elif _sluicectl_names_tenant "$path"; then
    if [[ $position == 0 ]]; then
      sluicectl tenant list --slugs --page-size 200 --text "$current" 2>/dev/null
    fi
  else
    _sluicectl_subcommands "$path"
  fi
}
)sh";

constexpr std::string_view bash_end = R"sh(
_sluicectl() {
  local current="${COMP_WORDS[COMP_CWORD]}" words
  words="$(_sluicectl_candidates "$current" "${COMP_WORDS[@]:1:COMP_CWORD-1}")"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _sluicectl sluicectl
)sh";

constexpr std::string_view zsh_end = R"sh(
_sluicectl() {
  local current="${words[CURRENT]}"
  local -a candidates
  candidates=(${=$(_sluicectl_candidates "$current" "${(@)words[2,CURRENT-1]}")})
  if (( $#candidates )); then
    compadd -a candidates
  else
    _files
  fi
}
compdef _sluicectl sluicectl
)sh";

std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "'";
}

/// True while exactly the words of this command, and none of its subcommands, have been typed.
std::string fish_condition(const CommandWords& command) {
  if (command.path.empty()) {
    return "__fish_use_subcommand";
  }
  std::string condition;
  for (const std::string& word : CLI::detail::split(command.path, ' ')) {
    condition +=
        fmt::format("{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ", word);
  }
  if (!command.subcommands.empty()) {
    condition += "; and not __fish_seen_subcommand_from";
    for (const auto& [name, description] : command.subcommands) {
      condition += " " + name;
    }
  }
  return condition;
}

std::string fish_option(const CommandWords& command, const OptionWords& option) {
  // The program's own options may stand behind every command.
  std::string line = "complete -c sluicectl";
  if (!command.path.empty()) {
    line += fmt::format(" -n {}", fish_quoted(fish_condition(command)));
  }
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                   : fmt::format(" -s {}", name.substr(1));
  }
  if (option.takes_value) {
    line += " -x";
  }
  if (!option.choices.empty()) {
    line += fmt::format(" -a {}", fish_quoted(joined(option.choices)));
  }
  return line + fmt::format(" -d {}\n", fish_quoted(option.description));
}

std::string fish_script(const std::vector<CommandWords>& all) {
  std::string script = "complete -c sluicectl -f\n";
  for (const CommandWords& command : all) {
    const std::string condition = fish_quoted(fish_condition(command));
    for (const auto& [name, description] : command.subcommands) {
      script += fmt::format("complete -c sluicectl -n {} -a {} -d {}\n", condition, name,
                            fish_quoted(description));
    }
    for (const OptionWords& option : command.options) {
      script += fish_option(command, option);
    }
    if (command.names_directory) {
      script += fmt::format("complete -c sluicectl -n {} -a '(__fish_complete_directories)'\n",
                            condition);
    }
    if (command.names_tenant) {
      script += fmt::format(
          "complete -c sluicectl -n {} -a '(sluicectl tenant list --slugs --page-size 200 "
          "2>/dev/null)'\n",
          condition);
    }
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& root, Shell shell) {
  std::vector<CommandWords> all;
  collect(root, "", all);
  switch (shell) {
    case Shell::bash:
      return "# Completion of sluicectl for bash.\n" + shared_functions(all) +
             std::string{shared_walk} + std::string{bash_end};
    case Shell::zsh:
      return "#compdef sluicectl\n# Completion of sluicectl for zsh.\n" + shared_functions(all) +
             std::string{shared_walk} + std::string{zsh_end};
    case Shell::fish:
      return "# Completion of sluicectl for fish.\n" + fish_script(all);
  }
  return "";
}

}  // namespace sluice::ctl
