// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "bench/histogram.hpp"

// One caller of one Redis, one script call after the other: redis-benchmark's percentiles are
// rounded to 8 us, too coarse to stand beside ours.

namespace sluice::bench {
namespace {

struct CallerOptions {
  std::uint16_t port = 6379;
  std::string sha;
  std::uint32_t keys = 10'000;
  std::vector<std::string> arguments;
  double seconds = 3;
};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;
using Context = std::unique_ptr<redisContext, FreeContext>;

bool call(redisContext& context, const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  const Reply reply{static_cast<redisReply*>(
      redisCommandArgv(&context, static_cast<int>(texts.size()), texts.data(), sizes.data()))};
  if (!reply || reply->type == REDIS_REPLY_ERROR) {
    fmt::print(stderr, "redis-caller: {}\n", reply ? reply->str : context.errstr);
    return false;
  }
  return true;
}

int run(const CallerOptions& options) {
  const Context context{redisConnect("127.0.0.1", options.port)};
  if (!context || context->err != 0) {
    fmt::print(stderr, "redis-caller: cannot connect to port {}\n", options.port);
    return 1;
  }
  std::mt19937 random{1};
  std::uniform_int_distribution<std::uint32_t> key{0, options.keys - 1};
  Histogram latency;
  const auto start = std::chrono::steady_clock::now();
  const auto measure_from = start + std::chrono::milliseconds{200};
  const auto end = measure_from + std::chrono::duration<double>{options.seconds};
  std::vector<std::string> words{"EVALSHA", options.sha, "1", ""};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  for (auto asked = start; asked < end;) {
    words[3] = fmt::format("key:{:012}", key(random));
    asked = std::chrono::steady_clock::now();
    if (!call(*context, words)) {
      return 1;
    }
    if (asked >= measure_from) {
      latency.record(std::chrono::steady_clock::now() - asked);
    }
  }
  fmt::print("{{\"calls\":{},\"p50_ns\":{},\"p99_ns\":{}}}\n", latency.count(),
             latency.at(Quantile{0.5}).count(), latency.at(Quantile{0.99}).count());
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  CLI::App app{"Calls a Redis script over and over and tells how long a call takes."};
  sluice::bench::CallerOptions options;
  app.add_option("--port", options.port, "Of the Redis server on this machine")->required();
  app.add_option("--sha", options.sha, "Of the loaded script")->required();
  app.add_option("--keys", options.keys, "Keys to choose from")->capture_default_str();
  app.add_option("--arguments", options.arguments, "Further arguments of the script");
  app.add_option("--seconds", options.seconds, "How long")->check(CLI::Range(0.1, 600.0));
  CLI11_PARSE(app, argc, argv);
  return sluice::bench::run(options);
}
