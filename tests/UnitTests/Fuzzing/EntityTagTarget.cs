using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.UnitTests.WebApi;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>The lines of <c>If-None-Match</c>.</summary>
internal sealed class EntityTagTarget : FuzzTarget
{
    private static readonly string Tag = EntityTag.Of("{\"a\":1}"u8, Samples.Fresh(CacheSource.Memory));
    private static readonly string Other = EntityTag.Of("{\"a\":2}"u8, Samples.Fresh(CacheSource.Memory));
    private static readonly string Opaque = Tag[2..];

    private static readonly Regex List = new(@"\A(?:[ \t]*,)*[ \t]*(?:(?:W/)?""(?<tag>[\x21\x23-\x7e\x80-\uffff]*)""[ \t]*(?:,[ \t,]*|\z))+\z", RegexOptions.CultureInvariant | RegexOptions.Compiled);

    private StringValues _lines;
    private bool _matches;

    public override IReadOnlyList<byte[]> Seeds { get; } = FuzzText.BytesOf(
        Tag, Opaque, "*", Other, $"{Other}, {Tag}", $"\"x\",\"y\",{Opaque},\"z\"", $"W/\"a,b\",{Tag}", $"{Other}\n{Tag}", $"\"\",{Tag}", $" {Tag} ", $"{Tag},*", $"garbage, {Tag}");

    public override IReadOnlyList<byte[]> Regressions { get; } = FuzzText.BytesOf(
        "", "\"", "W/", "W/\"", $"{Tag}x", $"x{Tag}", $"w/{Opaque}", "*x", new string(',', 4000), string.Concat(Enumerable.Repeat("\"a\"x", 1000)), string.Concat(Enumerable.Repeat("W/", 2000)));

    public override IReadOnlyList<byte[]> Tokens { get; } = FuzzText.BytesOf("W/", "\"", ",", " ", "\t", "*", Tag, Opaque, "\"\"", "\n", "\\\"", "w/", ", ");

    public override void Prepare(byte[] input) => _lines = FuzzText.Of(input).Split('\n');

    public override int Run(byte[] input)
    {
        _matches = EntityTag.Matches(_lines, Tag);
        return (_matches ? 1 : 0) + (2 * Math.Min(_lines.Count, 3));
    }

    public override long AllocationBound(byte[] input) => 1024;

    public override void Verify(byte[] input)
    {
        var text = string.Join('\n', _lines.ToArray());
        Require(!_matches || text.Contains('*', StringComparison.Ordinal) || text.Contains(Opaque, StringComparison.Ordinal), "another tag was taken for it");
        if (_matches && !text.Contains(Opaque, StringComparison.Ordinal))
        {
            Require(EntityTag.Matches(_lines, Other), "a star is for one tag alone");
        }

        // Where every line is a list by the letter of RFC 9110, it is read as one.
        if (_lines.All(line => List.IsMatch(line!) || line == "*"))
        {
            var expected = _lines.Any(line => line == "*" || List.Match(line!).Groups["tag"].Captures.Any(tag => tag.Value == Opaque[1..^1]));
            Require(_matches == expected, "a list is read otherwise than it is defined");
        }
    }
}
