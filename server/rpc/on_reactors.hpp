// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include "actors/runtime/engine.hpp"
#include "actors/tenant/fault.hpp"

namespace sluice {

/// What the servers of all interfaces do with the reactors that they listen on.
///
/// Threading  Called on a thread that is no reactor's; what is given runs on the reactors.
/// Errors     As said.

/// The address of a host's name; of several the first. `option` is where the name was given.
[[nodiscard]] Result<boost::asio::ip::address> listening_address(const std::string& host,
                                                                 const std::string& option);

/// Runs it on every reactor, which it is told the number of, and waits until it has run there.
void on_each_reactor(Engine& engine, const std::function<void(std::size_t)>& job);

/// Begins something on every reactor that says when it has ended, and waits at most so long for all
/// of them. Returns whether they have.
[[nodiscard]] bool finish_on_each_reactor(
    Engine& engine, std::chrono::milliseconds patience,
    const std::function<void(std::size_t, std::function<void()> ended)>& begin);

}  // namespace sluice
