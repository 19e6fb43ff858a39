// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "actors/tenant/fault.hpp"
#include "actors/tenant/journal.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/time.hpp"

namespace sluice {

enum class LogLevel : std::uint8_t { debug, info, warning, error };
[[nodiscard]] std::string_view to_string(LogLevel level);

/// Whether callers have to show who they are.
enum class AuthMode : std::uint8_t {
  none,      ///< Whoever reaches the server may do everything: only on loopback.
  required,  ///< By an API key or a token.
};

/// Everything that a `sluiced` can be told, read once at start and passed on as values. The values
/// here are the defaults; what each means and may be stands in options.cpp.
struct ServerConfig {
  std::string listen_host = "127.0.0.1";
  std::uint16_t listen_port = 7411;  ///< Of reactor 0; reactor i takes the i-th after it. 0: any.
  std::string http_host;             ///< Empty: there is no HTTP interface.
  std::uint16_t http_port = 0;       ///< Of all reactors. 0: any.
  AuthMode auth = AuthMode::none;
  std::string token_keys;  ///< File; empty: no tokens are taken.
  std::string token_issuer;
  std::string token_audience;
  std::string token_algorithms = "RS256,ES256,EdDSA";
  std::chrono::seconds token_leeway{60};
  std::string tls_certificate;  ///< File; empty: no TLS.
  std::string tls_key;
  std::string tls_client_ca;  ///< File; empty: clients need no certificate.
  bool insecure_listen_without_tls = false;
  std::string data_directory = "sluice-data";
  std::string postgres;   ///< Connection string; empty: the embedded store.
  std::string instances;  ///< File of other databases; empty: there are none.
  Durability durability = Durability::process;
  std::uint64_t journal_bytes = 256 << 20;
  std::chrono::milliseconds lease{300'000};  ///< PostgreSQL only.
  TakeOver take_over = TakeOver::never;
  std::uint16_t shards = 256;  ///< Of a data directory that is made now.
  std::uint16_t reactors = 0;  ///< 0: one for each core.
  std::chrono::microseconds spin_max{50};
  std::size_t connections_max = 10'000;
  std::chrono::milliseconds enter_timeout{5'000};
  std::chrono::milliseconds frame_timeout{10'000};
  std::chrono::milliseconds stall_timeout{10'000};
  std::chrono::milliseconds http_idle_timeout{75'000};
  std::size_t resident_tenants_max = 2'000'000;
  std::chrono::seconds idle_after{600};
  std::size_t waiting_checks_max = 65'536;
  std::size_t unknown_tenants_max = 65'536;
  std::chrono::seconds unknown_for{5};
  std::chrono::milliseconds flush_interval{1'000};
  std::size_t flush_tenants_max = 4'096;
  std::size_t readers = 2;
  std::chrono::seconds tenant_retention{90 * 24 * 3600};
  std::chrono::seconds payment_grace{0};   ///< 0: nobody is suspended for what he does not pay.
  std::uint32_t audit_retention_days = 0;  ///< 0: for ever.
  std::string alert_webhook;               ///< URLs with commas between; empty: only tenants' own.
  std::string alert_webhook_secret;        ///< File.
  std::string alert_webhook_events = "*";
  std::uint32_t alert_retention_days = 90;
  std::uint32_t usage_minutes_retention_days = 14;  ///< 0: for ever, as the next two.
  std::uint32_t usage_hours_retention_days = 400;
  std::uint32_t usage_days_retention_days = 3'653;
  std::chrono::milliseconds webhook_timeout{10'000};
  std::string webhook_ca;                  ///< File; empty: what the system trusts.
  bool insecure_webhooks_private = false;  ///< Webhooks may be on addresses that are not public.
  bool insecure_webhooks_plain = false;    ///< Webhooks may be without TLS.
  std::chrono::milliseconds drain_timeout{30'000};
  LogLevel log_level = LogLevel::info;
  std::optional<WallTime>
      simulated_time;  ///< Serve with a clock that starts here and stands still.
};

/// What the command line asked for; ends in a newline.
struct PrintAndExit {
  std::string text;
};

/// Reads defaults, then the file (--config), then the environment (SLUICE_...), then flags; each
/// overrides the ones before.
///
/// Role       The only reader of flags, configuration file and environment; everything comes from
///            one table of options.
/// Threading  Call before threads start: it reads the environment.
/// Ownership  Copies what it keeps.
/// Units      As the members say.
/// Errors     `invalid_argument` names the option, where it was set, and what is allowed. Options
///            that nobody knows are errors, wherever they stand.
/// Cost       Once at start.
[[nodiscard]] Result<std::variant<ServerConfig, PrintAndExit>> read_config(int argc,
                                                                           const char* const* argv);
/// The same with an environment of the caller's: NAME=value texts and a null pointer at the end.
[[nodiscard]] Result<std::variant<ServerConfig, PrintAndExit>> read_config(
    int argc, const char* const* argv, const char* const* environment);

/// The same table as Markdown: docs/configuration.md is this text.
[[nodiscard]] std::string describe_options_markdown();

}  // namespace sluice
