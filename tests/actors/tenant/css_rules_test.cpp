// SPDX-License-Identifier: Apache-2.0
#include "actors/tenant/css_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

using testing::HasSubstr;

TEST(CssRules, TakeWhatChangesLooks) {
  for (const char* const css : {
           "",
           " \n\t",
           "a { color: #336699 }",
           "a{color:red;}",
           ".button, #top > h1:hover { background-color: rgb(10, 20, 30); margin-top: -1.5em }",
           "body { font-family: Open Sans, sans-serif; border: 1px solid hsla(120, 50%, 50%, 0.5) "
           "}",
           "nav a.active:focus { }",
           ":focus { outline-color: #fff }",
           "p { box-shadow: 0 1px 2px rgba(0,0,0,.2); letter-spacing: .1em; }\nq { color: blue }",
       }) {
    const auto valid = validate_css(css);
    EXPECT_TRUE(valid.ok()) << css << ": " << (valid.ok() ? "" : valid.fault().context);
  }
}

TEST(CssRules, RefuseWhatReachesOutOrHides) {
  for (const char* const css : {
           "a { background-image: url(https://evil.example/x) }",
           "a { background-color: url(https://evil.example/x) }",
           "a { color: u\\72l(x) }",
           "a { color: URL(x) }",
           "a { color: expression(alert(1)) }",
           "a { color: var(--x) }",
           "a { width: calc(1px + 2px) }",
           "a { behavior: none }",
           "a { -moz-binding: none }",
           "a { --x: red }",
           "a { position: fixed }",
           "a { color: red !important }",
           "@import 'x';",
           "@media print { a { color: red } }",
           "@charset \"utf-8\";",
           "/* a { */ b { color: red }",
           "a { color: /* x */ red }",
           "a { color: red } </style><script>",
           "<!-- a { color: red }",
           "a { color: red } -->",
           "input[value^=\"a\"] { color: red }",
           "a::before { color: red }",
           "a:not(.b) { color: red }",
           "a:visited-x { color: red }",
           "* { color: red }",
           "a + b { color: red }",
           "a { content: 'x' }",
           "a { font-family: \"x\" }",
           "a { color: red",
           "a { color: }",
           "a { color red }",
           "a { color: rgb(1, 2",
           "a { color: rgb(rgb(1)) }",
           "a { color: rgb(1; }",
           "a { color: red }}",
           "a",
           ", a { color: red }",
           "a, { color: red }",
           "a > { color: red }",
           "{ color: red }",
           "a { color: red; ; }",
           "\xc3\xa4 { color: red }",
           "a { color: r\xc3\xa4"
           "d }",
       }) {
    EXPECT_FALSE(validate_css(css).ok()) << css;
  }
  using namespace std::string_view_literals;
  EXPECT_FALSE(validate_css("a { color: red }\0b"sv).ok());
  EXPECT_FALSE(validate_css("a {\r color: red }"sv).ok());
}

TEST(CssRules, SayWhatIsWrongAndOnWhichLine) {
  const auto said = [](const char* css) { return validate_css(css).fault().context; };
  EXPECT_EQ(said("a { color: red }\nb {\n  position: fixed\n}"),
            "css: line 3: the property \"position\" is not one that may be set");
  EXPECT_EQ(said("a { color: url(x) }"), "css: line 1: the function \"url\" may not be used");
  EXPECT_THAT(said("a:root { }"), HasSubstr("\"root\""));
  EXPECT_THAT(said("a { color: red"), HasSubstr("ends too early"));
}

}  // namespace
}  // namespace sluice
