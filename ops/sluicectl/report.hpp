// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "actors/tenant/fault.hpp"

namespace sluice::ctl {

/// How a command ended, for scripts; part of the interface and told in --help.
enum class ExitCode : std::uint8_t {
  ok = 0,           ///< Done; a check was allowed.
  refused = 1,      ///< The server said no, or a journal is damaged; the message says why.
  bad_usage = 2,    ///< The command line is wrong. The server was not asked to change anything.
  not_allowed = 3,  ///< A check was decided and not allowed.
  no_answer = 4,    ///< The server is away, cannot do it now, or is fenced. Try again later, or
                    ///< where the tenants are now.
};

/// Keeps its keys in the order in which they were written.
using Json = nlohmann::ordered_json;

/// What a command has to say: the same as a document for programs and as a text for people. A null
/// document and an empty text say nothing.
struct Report {
  Json document;
  std::string text;
  ExitCode exit = ExitCode::ok;
  std::string note{};        ///< For people who have the text read by a program.
  bool is_document = false;  ///< The text is a document itself, for programs as well.
};

/// Why a command could not go on. Thrown, and caught only where a command is run: every fault ends
/// this program, so handing it up by value through each call would add lines and no choices.
struct Failure {
  ExitCode exit;
  Fault fault;
};

/// How a command ends that gets this fault as its answer.
[[nodiscard]] constexpr ExitCode exit_of(FaultCode code) {
  switch (code) {
    case FaultCode::unavailable:
    case FaultCode::outcome_unknown:
    case FaultCode::fenced:
      return ExitCode::no_answer;
    case FaultCode::invalid_argument:
    case FaultCode::not_found:
    case FaultCode::already_exists:
    case FaultCode::conflict:
    case FaultCode::limit_exceeded:
    case FaultCode::data_damaged:
    case FaultCode::permission_denied:
    case FaultCode::unauthenticated:
    case FaultCode::quota_exceeded:
      return ExitCode::refused;
  }
  return ExitCode::refused;
}

/// The value, or the end of the command because this part of the command line is wrong.
template <class T>
T accept(Result<T> result, std::string_view field) {
  if (!result.ok()) {
    throw Failure{ExitCode::bad_usage,
                  Fault{result.fault().code, std::string{field} + ": " + result.fault().context}};
  }
  return std::move(result).value();
}

/// The value, or the end of the command because the server refused or is away.
template <class T>
T answered(Result<T> result) {
  if (!result.ok()) {
    throw Failure{exit_of(result.fault().code), result.fault()};
  }
  return std::move(result).value();
}

}  // namespace sluice::ctl
