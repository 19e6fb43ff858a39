// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>
#include <kj/exception.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/clock.hpp"
#include "server/auth/authenticator.hpp"
#include "server/auth/principal.hpp"
#include "server/rpc/check_call.hpp"
#include "server/rpc/clock_control.hpp"
#include "server/rpc/rpc_observer.hpp"

namespace sluice {

/// Who says who callers are.
struct Doorkeepers {
  auth::Authenticator* authenticator = nullptr;  ///< Null: everybody may do everything.
  const auth::MemberRoles* roles = nullptr;      ///< Not null beside an authenticator.
};

/// What all reactors' services share: what they stand on, and who is connected.
struct RpcEnvironment {
  RpcEnvironment(Engine& hosts, const Clock& time, ClockControl* clock_control,
                 RpcObserver& listener, Doorkeepers who, std::string name, std::size_t reactors)
      : engine(hosts),
        clock(time),
        simulated_clock(clock_control),
        observer(listener),
        doorkeepers(who),
        server(std::move(name)),
        started(time.now().steady),
        connections(reactors) {}

  Engine& engine;
  const Clock& clock;
  ClockControl* simulated_clock;  ///< Null if time is real.
  RpcObserver& observer;
  Doorkeepers doorkeepers;
  std::string server;  ///< Such as "sluiced/0.1.0".
  Instant started;
  std::vector<std::uint16_t> ports;                     ///< Where each reactor listens.
  std::vector<std::atomic<std::uint32_t>> connections;  ///< Open at each reactor.
  std::atomic<std::size_t> connections_open{0};         ///< Over all reactors.
};

/// What the connections of one reactor share.
///
/// Role       The ground under Front, Gateway and Operator.
/// Threading  Confined to its reactor, but for what is atomic in the environment.
/// Ownership  Shared by everything that may outlive the connection it was made for: a call that is
///            being decided stays until it is answered, whether its connection is still there or
///            not.
struct Service {
  Service(std::shared_ptr<RpcEnvironment> shared, ReactorIndex reactor)
      : environment(std::move(shared)), here(reactor) {}

  [[nodiscard]] Engine& engine() const { return environment->engine; }
  [[nodiscard]] WallTime wall() const { return environment->clock.now().wall; }

  std::shared_ptr<RpcEnvironment> environment;
  ReactorIndex here;
  CheckCallPool checks;
  std::size_t calls_in_flight = 0;
  bool stopping = false;  ///< New calls are refused, those in flight go on.
};

/// What a call throws. The reason is all that the peer sees.
[[nodiscard]] kj::Exception refusal(kj::Exception::Type type, std::string_view reason);
[[nodiscard]] kj::Exception going_away();
/// The credential is not, or no longer, good. Counts as a lost connection, so that a client comes
/// back with the credential that it has then.
[[nodiscard]] kj::Exception unauthenticated(const Fault& fault);

/// Runs a method that reads foreign bytes: an encoding that cannot be read refuses the call,
/// without telling the peer what our insides are called.
template <class Method>
[[nodiscard]] kj::Promise<void> reading(Method&& method) {
  try {
    return method();
  } catch (const kj::Exception&) {
    return refusal(kj::Exception::Type::FAILED, "the call is malformed: its encoding is broken");
  }
}

}  // namespace sluice
