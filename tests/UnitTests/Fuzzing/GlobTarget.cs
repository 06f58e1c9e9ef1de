using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Infrastructure.Caching.Journal;
using NeuroLab.UnitTests.Caching;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>Patterns, one a line, and in the last line a key: the glob itself, the trie that finds all of them at once, and the patterns made from a key.</summary>
internal sealed class GlobTarget : FuzzTarget
{
    /// <summary>Characters of a pattern, and of a key, up to which the reference is asked too, and of how many patterns of an input.</summary>
    private const int ReferenceUpTo = 48;
    private const int ReferenceOf = 6;

    private readonly List<string> _patterns = [];
    private string[] _lines = [];
    private string? _key;
    private NewestRecords _found;
    private string? _exact;

    public override IReadOnlyList<byte[]> Seeds { get; } = FuzzText.BytesOf(
        "*\nkey",
        "dashboard:*\ndashboard:00112233-4455-6677-8899-aabbccddeeff:summary",
        "user:1:*\nuser:1?:*\nuser:[0-9]:*\nuser:10:x",
        "a*c\na?c\n[a-c]bc\n[^x]b\\c\nabc",
        "[^a-]x\n[z-a]x\n[\\]]x\n[\n[^\n]x\n[]\nbx",
        "\\*\n\\\\\n\\\n*\\",
        "**a**b**\n*a*b*a*b*a*b*\nababababababab",
        "*\ud83d\ude00*\n[\ud83d\ude00-\u4e2d]?*\n?\u4e2d\n\ud83d\ude00\u4e2d",
        "a\nab\nabc\nabd\nab*\nabc*\nab*d\nabcd",
        "%3A*\na:%2A\na:%2A");

    public override IReadOnlyList<byte[]> Regressions { get; } =
    [
        [],
        .. FuzzText.BytesOf(
            string.Concat(Enumerable.Repeat("*a", 500)) + "b\n" + new string('a', 1024),
            string.Concat(Enumerable.Repeat("*[^b]?", 300)) + "c\n" + new string('a', 1024),
            "*" + string.Concat(Enumerable.Repeat("[aaaaaaaaaaaaaaaa]", 100)) + "b\n" + new string('a', 1024),
            "*[" + new string('b', 2000) + "\n" + new string('a', 1024),
            string.Concat(Enumerable.Range(0, 400).Select(i => new string('a', i % 9) + "*b\n")) + new string('a', 1024)),
    ];

    public override IReadOnlyList<byte[]> Tokens { get; } = FuzzText.BytesOf("*", "*a", "?", "[", "]", "[^", "[a-z]", "\\", "\n", "a-", "-]", "\ud83d\ude00", "\u4e2d", "aaaaaaaa", "**", "[\\", ":");

    // A pattern costs its length times that of the key.
    public override int UsualLength => 64;

    public override void Prepare(byte[] input) => _lines = FuzzText.Of(input).Split('\n');

    public override int Run(byte[] input)
    {
        _patterns.Clear();
        (_key, _exact, _found) = (null, null, NewestRecords.None);
        var trie = new PatternTrie();
        var refused = 0;
        foreach (var line in _lines.AsSpan(0, _lines.Length - 1))
        {
            if (input.Length % 16 != 0 && (line.Length is 0 or > CachePattern.MaxLength || !CacheText.IsStorable(line)))
            {
                // A refusal costs more than all else, and seldom is enough for it.
                continue;
            }

            try
            {
                var pattern = CachePattern.Glob(line).Text;
                var at = _patterns.Count;
                trie.Add(pattern, JournalSamples.Newest(at));
                _patterns.Add(pattern);
            }
            catch (ArgumentException)
            {
                // What a pattern is not, says so.
                refused++;
            }
        }

        if (!CacheKey.TryOf(_lines[^1], out var key))
        {
            return Math.Min(refused, 3);
        }

        _key = key.Value;
        _found = trie.Match(_key);
        _exact = CachePattern.Exact(key).Text;
        var isLiteral = _patterns.Count > 0 && Glob.IsLiteral(_patterns[0], out _);
        return 4 + Math.Min(refused, 3) + (4 * Math.Min(_patterns.Count, 7)) + (_found.Any is null ? 0 : 32) + (_found.Purge is null ? 0 : 64) + (isLiteral ? 128 : 0);
    }

    // A refusal is an exception with a stack: for each line at most one.
    public override long AllocationBound(byte[] input) => 16_384 + (64L * input.Length) + (2048L * _lines.Length);

    public override void Verify(byte[] input)
    {
        if (_key is null)
        {
            return;
        }

        var expected = NewestRecords.None;
        for (var i = 0; i < _patterns.Count; i++)
        {
            var pattern = _patterns[i];
            var isMatch = Glob.IsMatch(pattern, _key);
            if (i < ReferenceOf && pattern.Length <= ReferenceUpTo && _key.Length <= ReferenceUpTo)
            {
                Require(isMatch == ReferenceGlob.IsMatch(pattern, _key), "a pattern matches otherwise than it is defined");
            }

            if (Glob.IsLiteral(pattern, out var text))
            {
                Require(isMatch == string.Equals(text, _key, StringComparison.Ordinal), "a pattern of one text does not match that alone");
            }

            if (isMatch)
            {
                expected = expected.And(JournalSamples.Newest(i));
            }
        }

        Require(_found == expected, "the trie finds otherwise than one by one");
        Require(Glob.IsMatch(_exact!, _key), "the pattern of a key does not match it");
        Require(Glob.IsLiteral(_exact!, out var only) && only == _key, "the pattern of a key is that of another");
    }
}
