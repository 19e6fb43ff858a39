// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kj/async.h>

#include <cstdint>
#include <utility>

#include "actors/tenant/fault.hpp"
#include "protocol/codec.hpp"

namespace sluice {

/// What a page may fill of a frame; the rest is for the call around it.
inline constexpr std::uint64_t page_words_max = wire::FRAME_BYTES_MAX / sizeof(capnp::word) * 3 / 4;

/// Writes the value or the fault into an `Answer`.
template <class Answer, class T, class Encode>
void write_answer(Answer answer, const Result<T>& result, Encode&& encode) {
  if (result.ok()) {
    std::forward<Encode>(encode)(result.value(), answer.initValue());
  } else {
    encode_fault(result.fault(), answer.initFault());
  }
}

/// Ends a call whose parameters cannot be read.
template <class Context>
kj::Promise<void> answer_fault(Context context, const Fault& fault) {
  encode_fault(fault, context.getResults().initAnswer().initFault());
  return kj::READY_NOW;
}

}  // namespace sluice
