// SPDX-License-Identifier: Apache-2.0
#include "server/access.hpp"

#include <cstdio>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#include "server/auth/api_key_text.hpp"

namespace sluice {

namespace {

constexpr ReactorIndex any_reactor{0};

/// Adds the key from a thread that is no reactor's.
Result<ApiKey> add_key(Engine& engine, const ApiKey& key) {
  const auto added = std::make_shared<std::promise<Result<ApiKey>>>();
  engine.loop(any_reactor).post([&engine, key, added] {
    engine.add_key(any_reactor, system_author(), key,
                   [added](Result<ApiKey> result) { added->set_value(std::move(result)); });
  });
  return added->get_future().get();
}

/// Whether an earlier start got as far as adding the key of this text.
bool is_standing(const Engine& engine, const std::string& text) {
  const auto shown = auth::read_api_key(text);
  const auto stored = shown ? engine.find_key(shown->id) : std::nullopt;
  return stored && stored->key.hash == shown->hash;
}

/// Rather twice than never: it is forgotten only once it is printed.
Result<Done> tell_first_key(const std::string& text, const DataDirectory& directory) {
  const int printed =
      std::printf("The first operator's key, which is not shown again: %s\n", text.c_str());
  if (printed < 0 || std::fflush(stdout) != 0) {
    return Fault{FaultCode::unavailable,
                 "the first operator's key cannot be printed on the standard output; the next "
                 "start tries again"};
  }
  return directory.forget_untold();
}

}  // namespace

Result<TlsContext> open_tls(const ServerConfig& config) {
  if (config.tls_certificate.empty()) {
    return TlsContext{};
  }
  TlsContext tls = make_tls_server({config.tls_certificate, config.tls_key, config.tls_client_ca});
  if (!tls.context) {
    return Fault{FaultCode::invalid_argument, "TLS: " + tls.problem};
  }
  return tls;
}

Result<std::optional<auth::TokenSource>> open_tokens(const ServerConfig& config,
                                                     const Clock& machine) {
  if (config.token_keys.empty()) {
    return std::optional<auth::TokenSource>{};
  }
  auto keys = auth::KeyFile::open(config.token_keys, machine.now().steady);
  if (!keys.ok()) {
    return keys.fault();
  }
  auth::TokenRules rules{{}, config.token_issuer, config.token_audience, config.token_leeway};
  std::istringstream names{config.token_algorithms};
  for (std::string name; std::getline(names, name, ',');) {
    const auto algorithm = auth::parse_token_algorithm(name);
    SLUICE_INVARIANT(algorithm.has_value());  // The configuration takes no other names.
    rules.algorithms.push_back(*algorithm);
  }
  return std::optional(auth::TokenSource{std::move(rules), std::move(keys).value()});
}

Doorkeepers doorkeepers_of(const ServerConfig& config, auth::Authenticator& authenticator,
                           const auth::MemberRoles& member_roles) {
  return config.auth == AuthMode::none ? Doorkeepers{} : Doorkeepers{&authenticator, &member_roles};
}

Result<Done> give_first_key(const ServerConfig& config, Engine& engine,
                            const DataDirectory& directory) {
  if (config.auth == AuthMode::none) {
    return Done{};
  }
  if (const auto untold = directory.untold(); untold && is_standing(engine, *untold)) {
    return tell_first_key(*untold, directory);
  }
  if (!engine.keys().empty()) {
    return directory.forget_untold();
  }
  const auth::MintedKey minted = auth::mint_api_key();
  ApiKey key;
  key.id = minted.id;
  key.hash = minted.hash;
  key.name = "first operator";
  key.kind = CallerKind::operator_;
  key.permissions = PermissionSet::all();
  if (auto kept = directory.keep_untold(minted.text); !kept.ok()) {
    return kept;
  }
  if (const auto added = add_key(engine, key); !added.ok()) {
    return added.fault();
  }
  return tell_first_key(minted.text, directory);
}

}  // namespace sluice
