// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/service.hpp"

namespace sluice {

kj::Exception refusal(kj::Exception::Type type, std::string_view reason) {
  return kj::Exception(type, __FILE__, __LINE__, kj::heapString(reason.data(), reason.size()));
}

kj::Exception going_away() {
  return refusal(kj::Exception::Type::DISCONNECTED, "the server is stopping");
}

kj::Exception unauthenticated(const Fault& fault) {
  return refusal(kj::Exception::Type::DISCONNECTED, "unauthenticated: " + fault.context);
}

}  // namespace sluice
