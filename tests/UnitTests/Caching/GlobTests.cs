using System.Text;
using System.Text.RegularExpressions;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;

namespace NeuroLab.UnitTests.Caching;

public sealed class GlobTests
{
    [Theory]
    [InlineData("*", "", true)]
    [InlineData("a*", "abc", true)]
    [InlineData("a*c", "abbc", true)]
    [InlineData("a*c", "abb", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a?c", "ac", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[c-a]x", "bx", true)]
    [InlineData("[^a]x", "ax", false)]
    [InlineData("[^a]x", "bx", true)]
    [InlineData("[a\\]]", "]", true)]
    [InlineData("\\*", "*", true)]
    [InlineData("\\*", "x", false)]
    [InlineData("user:1:*", "user:10:x", false)]
    [InlineData("**a**", "bab", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("?", "é", false)]
    [InlineData("??", "é", true)]
    [InlineData("[é]x", "éx", false)]
    [InlineData("*é*", "aéb", true)]
    public void IsMatch_FollowsRedis(string pattern, string text, bool expected) => Glob.IsMatch(pattern, text).Should().Be(expected);

    [Fact]
    public void IsMatch_WhenManyStars_EndsQuickly()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 500)) + "b";

        Glob.IsMatch(pattern, new string('a', 2000)).Should().BeFalse();
    }

    [Fact]
    public void Exact_WhateverTheText_MatchesItselfAndNothingElse()
    {
        var random = new Random(7);
        var texts = Enumerable.Range(0, 400).Select(_ => RandomText(random, "a*?[]\\^-:é😀%")).Distinct().ToList();
        foreach (var text in texts)
        {
            var pattern = CachePattern.Exact(CacheKey.Of(text)).Text;
            texts.Where(other => Glob.IsMatch(pattern, other)).Should().Equal(text);
        }
    }

    [Fact]
    public void Trie_AgreesWithMatchingOneByOne()
    {
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            var trie = new PatternTrie();
            var patterns = new Dictionary<string, long>();
            for (var i = 0; i < 60; i++)
            {
                var pattern = RandomText(random, "ab:*?[^\\]é");
                patterns[pattern] = Math.Max(patterns.GetValueOrDefault(pattern, -1), i);
                trie.Add(pattern, JournalSamples.Newest(i));
            }

            trie.Count.Should().BeLessThanOrEqualTo(patterns.Count, "an escaped plain character is that character");
            for (var i = 0; i < 60; i++)
            {
                var key = RandomText(random, "ab:éè");
                var expected = patterns.Where(pattern => Glob.IsMatch(pattern.Key, key)).Select(pattern => pattern.Value).DefaultIfEmpty(-1).Max();
                trie.Match(key).AnyPosition.Should().Be(expected, "key {0} against {1}", key, string.Join(" ", patterns.Keys));
            }
        }
    }

    [Fact]
    public void IsMatch_WithoutClasses_AgreesWithARegularExpression()
    {
        var random = new Random(13);
        for (var i = 0; i < 5000; i++)
        {
            var pattern = RandomText(random, "ab*?");
            var text = RandomText(random, "ab");
            var expression = "^" + Regex.Escape(pattern).Replace("\\*", "[\\s\\S]*", StringComparison.Ordinal).Replace("\\?", "[\\s\\S]", StringComparison.Ordinal) + "\\z";
            Glob.IsMatch(pattern, text).Should().Be(Regex.IsMatch(text, expression), "pattern {0}, text {1}", pattern, text);
        }
    }

    private static string RandomText(Random random, string alphabet)
    {
        var runes = alphabet.EnumerateRunes().ToArray();
        var text = new StringBuilder();
        for (var length = random.Next(1, 10); length > 0; length--)
        {
            text.Append(runes[random.Next(runes.Length)].ToString());
        }

        return text.ToString();
    }
}
