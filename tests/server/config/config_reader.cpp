// SPDX-License-Identifier: Apache-2.0
#include "tests/server/config/config_reader.hpp"

namespace sluice::test {

namespace {

std::vector<const char*> pointers(const std::vector<std::string>& texts) {
  std::vector<const char*> list;
  for (const std::string& text : texts) {
    list.push_back(text.c_str());
  }
  return list;
}

}  // namespace

Result<std::variant<ServerConfig, PrintAndExit>> Start::read() const {
  std::vector<const char*> arguments = pointers(flags);
  arguments.insert(arguments.begin(), "sluiced");
  std::vector<const char*> variables = pointers(environment);
  variables.push_back(nullptr);
  return read_config(static_cast<int>(arguments.size()), arguments.data(), variables.data());
}

ServerConfig Start::config() const {
  const auto answer = read();
  EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.fault().context);
  return answer.ok() ? std::get<ServerConfig>(answer.value()) : ServerConfig{};
}

std::string Start::printed() const {
  const auto answer = read();
  EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : answer.fault().context);
  return std::get<PrintAndExit>(answer.value()).text;
}

std::string Start::refusal() const {
  const auto answer = read();
  if (answer.ok()) {
    return "accepted";
  }
  EXPECT_EQ(answer.fault().code, FaultCode::invalid_argument);
  return answer.fault().context;
}

}  // namespace sluice::test
