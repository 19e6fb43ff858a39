// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "actors/runtime/engine.hpp"
#include "protocol/codec.hpp"
#include "protocol/sluice.capnp.h"

namespace sluice {

class Access;
struct Service;

/// One `check` call, from its bytes to its reply. Used again for the next.
///
/// Role       Where the checks and decisions of a call live while the hosts work on them.
/// Threading  Confined to its reactor, but for the elements that the hosts write (see
///            `CheckBatch`).
/// Ownership  In flight it owns itself, whatever becomes of its connection: hosts on other threads
///            write into it. Holds nothing of the message once decoded.
/// Errors     A refused call throws to its peer.
/// Cost       No allocation of its own once its arrays have grown.
class CheckCall final : public CheckBatch {
public:
  using Context = capnp::CallContext<wire::Gateway::CheckParams, wire::Gateway::CheckResults>;

  CheckCall() = default;
  ~CheckCall() noexcept = default;
  CheckCall(const CheckCall&) = delete;
  CheckCall& operator=(const CheckCall&) = delete;

  /// Takes a call from the service's pool, decodes, submits what `access` covers, and replies into
  /// the context, now or when the promise says.
  [[nodiscard]] static kj::Promise<void> run(const std::shared_ptr<Service>& service,
                                             const Access& access, Context context);

  [[nodiscard]] std::size_t bytes() const { return decoder_.bytes(); }

private:
  Explanation* explanation_of(std::uint32_t item) noexcept override {
    return decoder_.explanation_of(item);
  }
  void completed() noexcept override;
  void abandoned() noexcept override;
  void deny_foreign(const Access& access);
  void reply();
  void finish();

  CheckDecoder decoder_;
  std::unique_ptr<CheckCall> self_;  ///< While in flight.
  std::shared_ptr<Service> service_;
  std::optional<Context> context_;
  kj::Own<kj::PromiseFulfiller<void>> fulfiller_;  ///< Null as long as `submit` has not returned.
  bool completed_ = false;
};

/// The check calls of one reactor that are not in use.
///
/// Threading  Confined to its reactor.
/// Ownership  Owns them.
class CheckCallPool {
public:
  [[nodiscard]] std::unique_ptr<CheckCall> take();
  void give_back(std::unique_ptr<CheckCall> call);

private:
  std::vector<std::unique_ptr<CheckCall>> free_;
};

}  // namespace sluice
