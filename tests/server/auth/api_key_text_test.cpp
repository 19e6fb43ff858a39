// SPDX-License-Identifier: Apache-2.0
#include "server/auth/api_key_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice::auth {

TEST(ApiKeyTextSpec, IsReadAsItWasMade) {
  const MintedKey minted = mint_api_key();
  const auto read = read_api_key(minted.text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, minted.id);
  EXPECT_EQ(read->hash, minted.hash);
}

TEST(ApiKeyTextSpec, SaysWhatItIsAndWhichAndNothingOfTheHash) {
  const MintedKey minted = mint_api_key();
  EXPECT_TRUE(minted.text.starts_with("slk_" + to_string(minted.id) + "_"));
  EXPECT_EQ(minted.text.size(), 93U);
}

TEST(ApiKeyTextSpec, IsAnotherEachTime) {
  std::set<std::string> texts;
  for (int i = 0; i < 100; ++i) {
    texts.insert(mint_api_key().text);
  }
  EXPECT_EQ(texts.size(), 100U);
}

TEST(ApiKeyTextSpec, AMistypedLetterAnywhereIsSeen) {
  const std::string text = mint_api_key().text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string mistyped = text;
    mistyped[at] = text[at] == '0' ? '1' : '0';
    EXPECT_FALSE(read_api_key(mistyped)) << at;
  }
}

TEST(ApiKeyTextSpec, APartIsNoKey) {
  const std::string text = mint_api_key().text;
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(read_api_key(text.substr(0, size))) << size;
  }
  EXPECT_FALSE(read_api_key(text + "0"));
}

}  // namespace sluice::auth
