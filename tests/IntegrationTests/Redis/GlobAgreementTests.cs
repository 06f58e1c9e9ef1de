using System.Text;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.IntegrationTests.Fixtures;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace NeuroLab.IntegrationTests.Redis;

/// <summary>The glob matcher against Redis itself: what a purge deletes there and what a record of the journal rules out here is the same.</summary>
public sealed class GlobAgreementTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Batch = 1000;

    // As in the product: every key begins with a prefix, and no key is empty.
    private const string Prefix = "p:";
    private const string Ask = """
        local found = {}
        for i = 1, #ARGV, 2 do
            redis.call('SET', ARGV[i], '')
            found[#found + 1] = #redis.call('KEYS', ARGV[i + 1])
            redis.call('DEL', ARGV[i])
        end
        return found
        """;

    private readonly int _seed = Random.Shared.Next();
    private RedisServer _server = null!;
    private ConnectionMultiplexer _connection = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartNewAsync();
        _connection = await _server.ConnectAsync();
        output.WriteLine($"Seed {_seed}");
    }

    public async Task DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task IsMatch_WhateverTheKeyAndThePattern_AgreesWithRedis()
    {
        var texts = new GlobTexts(new Random(_seed));
        var matches = 0;
        for (var done = 0; done < 100_000; done += Batch)
        {
            var pairs = Enumerable.Range(0, Batch).Select(_ => texts.Pair()).ToList();
            var answers = await AskAsync(pairs);
            for (var i = 0; i < Batch; i++)
            {
                var (key, pattern) = pairs[i];
                var ours = Glob.IsMatch(pattern, key);
                matches += ours ? 1 : 0;
                // How a range from ASCII to beyond it is read depends on the platform that Redis was built for: there ours matches both ways.
                (ours == answers[i] || (ours && HasMixedRange(pattern))).Should().BeTrue("Redis says {0}: seed {1}, key \"{2}\", pattern \"{3}\"", answers[i], _seed, key, pattern);
                (Judged(key, pattern) == Validity.Invalidated).Should().Be(ours, "the index has the same rule: seed {0}, key \"{1}\", pattern \"{2}\"", _seed, key, pattern);
            }
        }

        output.WriteLine($"{matches} of 100,000 match");
        matches.Should().BeInRange(25_000, 75_000, "pairs of one kind alone would show little");
    }

    [Fact]
    public async Task Escaping_WhateverTheText_MatchesItselfAndNothingElse()
    {
        var random = new Random(_seed);
        var texts = new GlobTexts(random);
        var keys = Enumerable.Range(0, 4 * Batch).Select(_ => texts.Text()).Where(text => text.Length > 0).Distinct().ToList();
        var owner = Guid.NewGuid();
        var pairs = new List<(string Key, string Pattern)>();
        foreach (var key in keys)
        {
            // The text itself, and what it would match if it were taken for a pattern.
            string[] others = [key, texts.Mutation(key), texts.MatchOf(key), keys[random.Next(keys.Count)]];
            foreach (var other in others.Where(other => other.Length > 0))
            {
                pairs.Add((other, CachePattern.Exact(CacheKey.Of(key)).Text));
                pairs.Add(("x" + other + "y", "x" + CachePattern.EscapeGlob(key) + "y"));
                pairs.Add((CacheKey.Owned("a", owner, other).Value, CacheKey.Owned("a", owner, key).Value));
            }
        }

        for (var at = 0; at < pairs.Count; at += Batch)
        {
            var batch = pairs.Skip(at).Take(Batch).ToList();
            var answers = await AskAsync(batch);
            for (var i = 0; i < batch.Count; i++)
            {
                var (key, pattern) = batch[i];
                var isItself = Unescaped(pattern) == key;
                answers[i].Should().Be(isItself, "seed {0}, key \"{1}\", pattern \"{2}\"", _seed, key, pattern);
                Glob.IsMatch(pattern, key).Should().Be(isItself, "seed {0}, key \"{1}\", pattern \"{2}\"", _seed, key, pattern);
            }
        }
    }

    private static Validity Judged(string key, string pattern)
    {
        if (key.Length == 0 || pattern.Length == 0)
        {
            // Neither can be made in the product.
            return Glob.IsMatch(pattern, key) ? Validity.Invalidated : Validity.Valid;
        }

        var index = new InvalidationIndex(100);
        index.Add([new JournalRecord(5, Invalidation.OfPattern(CachePattern.Glob(pattern)), "test", DateTime.UnixEpoch)]);
        return index.Judge(CacheKey.Of(key), [], 5, index.Epoch);
    }

    private static bool HasMixedRange(string pattern) => pattern.Contains('-', StringComparison.Ordinal) && pattern.Contains('[', StringComparison.Ordinal) && !Ascii.IsValid(pattern);

    private static string Unescaped(string pattern)
    {
        var text = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            text.Append(pattern[pattern[i] == '\\' ? ++i : i]);
        }

        return text.ToString();
    }

    private async Task<bool[]> AskAsync(IReadOnlyList<(string Key, string Pattern)> pairs)
    {
        var arguments = pairs.SelectMany(pair => new RedisValue[] { Prefix + pair.Key, Prefix + pair.Pattern }).ToArray();
        var answers = (int[])(await _connection.GetDatabase().ScriptEvaluateAsync(Ask, values: arguments))!;
        return [.. answers.Select(found => found == 1)];
    }

    /// <summary>Makes keys and patterns that have much to do with each other.</summary>
    private sealed class GlobTexts(Random random)
    {
        private static readonly Rune[] Plain = [.. "aabbbcxyz:01-".EnumerateRunes()];
        private static readonly Rune[] Special = [.. "*?[]\\^-".EnumerateRunes()];
        private static readonly Rune[] Beyond = [.. "\u007féèßя漢😀\uffff".EnumerateRunes()];

        public (string Key, string Pattern) Pair()
        {
            var key = Text();
            var pattern = random.Next(10) switch
            {
                0 => Text(special: 3),
                1 => Mutation(PatternOf(key)),
                _ => PatternOf(key),
            };
            return (random.Next(5) == 0 ? Mutation(key) : key, pattern);
        }

        /// <summary>Text of 0 to 12 characters; the higher <paramref name="special"/>, of 10, the more of them have a meaning in patterns.</summary>
        public string Text(int special = 1)
        {
            var beyond = random.Next(3);
            var text = new StringBuilder();
            for (var length = random.Next(13); length > 0; length--)
            {
                var dice = random.Next(10);
                text.Append(One(dice < special ? Special : dice < special + beyond ? Beyond : Plain));
            }

            return text.ToString();
        }

        /// <summary>The same text but for one character that is added, taken away or replaced.</summary>
        public string Mutation(string text)
        {
            var runes = text.EnumerateRunes().ToList();
            var at = random.Next(runes.Count + 1);
            if (at < runes.Count && random.Next(3) > 0)
            {
                runes.RemoveAt(at);
            }

            if (random.Next(2) == 0)
            {
                runes.Insert(at, OneRune(random.Next(3) switch { 0 => Plain, 1 => Special, _ => Beyond }));
            }

            return string.Concat(runes);
        }

        /// <summary>A text that this one matches if it is taken for a pattern, as often as not.</summary>
        public string MatchOf(string text) => text.Replace("*", Text(0), StringComparison.Ordinal).Replace('?', 'a').Replace("\\", "", StringComparison.Ordinal);

        /// <summary>A pattern that matches a key more often than not.</summary>
        public string PatternOf(string key)
        {
            var pattern = new StringBuilder();
            foreach (var rune in key.EnumerateRunes())
            {
                _ = random.Next(14) switch
                {
                    0 => pattern.Append('?', random.Next(4) == 0 ? 1 : rune.Utf8SequenceLength),
                    1 => pattern.Append('*', random.Next(1, 4)),
                    2 => pattern.Append('*').Append(Escaped(rune)).Append(random.Next(2) == 0 ? "*" : ""),
                    3 or 4 => pattern.Append(Class(rune)),
                    5 => pattern.Append('\\').Append(rune.ToString()),
                    6 => pattern.Append(rune.ToString()),
                    _ => pattern.Append(Escaped(rune)),
                };
            }

            return pattern.Append(random.Next(12) switch
            {
                0 => "*",
                1 => "\\",
                2 => "[",
                3 => "[^",
                4 => "[a-",
                _ => "",
            }).ToString();
        }

        private string Class(Rune rune)
        {
            var text = new StringBuilder("[").Append(random.Next(3) == 0 ? "^" : "").Append(random.Next(8) == 0 ? "]" : "").Append(random.Next(8) == 0 ? "[" : "");
            for (var count = random.Next(4); count >= 0; count--)
            {
                _ = random.Next(6) switch
                {
                    0 => text.Append("a-c"),
                    1 => text.Append("z-a"),
                    2 => text.Append(One(Beyond)).Append('-').Append(One(random.Next(2) == 0 ? Plain : Beyond)),
                    3 => text.Append('\\').Append(One(Special)),
                    4 => text.Append(One(Plain)),
                    _ => text.Append(rune.ToString()),
                };
            }

            return text.Append(random.Next(8) == 0 ? "" : "]").ToString();
        }

        private static string Escaped(Rune rune) => CachePattern.EscapeGlob(rune.ToString());

        private string One(Rune[] runes) => OneRune(runes).ToString();

        private Rune OneRune(Rune[] runes) => runes[random.Next(runes.Length)];
    }
}
