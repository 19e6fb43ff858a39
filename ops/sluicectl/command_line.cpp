// SPDX-License-Identifier: Apache-2.0
#include "ops/sluicectl/command_line.hpp"

#include "protocol/text/build_text.hpp"

namespace sluice::ctl {
namespace {

constexpr const char* footer = R"(
Tenants are named by slug or UUID. Amounts take units: 10k, 1.5M; 1GB (10^9), 1GiB (2^30) on meters
in bytes; 30m, 10h on meters in seconds.

Exit codes:
  0  done; a check was allowed
  1  the server refused, or a journal is damaged; the message says why
  2  the command line is wrong
  3  a check was not allowed
  4  no answer: the server is away, cannot do it now, or does not own the tenants any more

Environment:
  SLUICE_SERVER           HOST:PORT of the server, if --server is not given
  SLUICE_CREDENTIAL       an API key or a token, if --credential-file is not given
  SLUICE_CREDENTIAL_FILE  the file, likewise
  NO_COLOR                no colours, also on a terminal

Completion:
  source <(sluicectl completion bash))";

}  // namespace

CommandLine::CommandLine()
    : app{"Runs a Sluice server: tenants, limits, checks, usage.", "sluicectl"} {
  app.fallthrough();
  app.require_subcommand(1);
  app.add_option("--server", server, "Server address, by default 127.0.0.1:7411")
      ->envname("SLUICE_SERVER")
      ->type_name("HOST:PORT");
  // The credential itself is no option: others see the words of a command line.
  app.add_option("--credential-file", login.credential.file, "File with an API key or a token")
      ->envname("SLUICE_CREDENTIAL_FILE")
      ->type_name("FILE");
  app.add_flag("--tls", login.tls.on, "Connect by TLS; so does each of the next four");
  const auto tls_option = [this](const char* name, std::string& value, const char* what) {
    app.add_option(name, value, what)->each([this](const std::string&) { login.tls.on = true; });
  };
  tls_option("--tls-ca", login.tls.files.ca, "File with who signs servers' certificates");
  tls_option("--tls-certificate", login.tls.files.certificate, "File with a certificate to show");
  tls_option("--tls-key", login.tls.files.key, "File with its key");
  tls_option("--tls-server-name", login.tls.server_name, "Whom the server's certificate is for");
  app.add_flag("--json", json, "Print one JSON document");
  app.set_version_flag("--version", "sluicectl " + text::to_string(text::this_build()));
  add_tenant_commands(*this);
  add_tier_commands(*this);
  add_feature_commands(*this);
  add_custom_commands(*this);
  add_share_commands(*this);
  add_market_commands(*this);
  add_limit_commands(*this);
  add_check_commands(*this);
  add_reservation_commands(*this);
  add_reservation_group(*this);
  add_lease_command(*this);
  add_credit_commands(*this);
  add_explain_command(*this);
  add_history_commands(*this);
  add_analytics_commands(*this);
  add_meter_commands(*this);
  add_member_commands(*this);
  add_key_commands(*this);
  add_alert_commands(*this);
  add_audit_commands(*this);
  add_status_commands(*this);
  add_top_command(*this);
  add_journal_commands(*this);
  add_migrate_command(*this);
  add_completion_command(*this);
  app.footer(footer);  // Last, or every command would repeat it.
}

}  // namespace sluice::ctl
