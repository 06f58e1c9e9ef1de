using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.UnitTests.WebApi;
using NeuroLab.WebApi.Freshness;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>The lines of <c>If-None-Match</c>.</summary>
internal sealed class EntityTagTarget : FuzzTarget
{
    private static readonly Guid User = new("0b5f0f5e-3a51-4f6e-9f59-4d2c5ad1c0de");
    private static readonly string Tag = EntityTag.Of("{\"a\":1}"u8, Samples.Fresh(CacheSource.Memory), User);
    private static readonly string Other = EntityTag.Of("{\"a\":2}"u8, Samples.Fresh(CacheSource.Memory), User);
    private static readonly string Opaque = Tag[2..];

    /// <summary>A member of a list, and what is behind it up to the next comma: a star, a tag, a tag without an end, or something else.</summary>
    private static readonly Regex Member = new(
        @"\G(?>[ \t,]*)(?:(?<any>\*)|(?:W/)?""(?<tag>[^""]*)""|(?:W/)?""[^""]*\z|[^,])(?<rest>[^,]*)", RegexOptions.CultureInvariant | RegexOptions.Compiled);

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

        Require(_matches == _lines.Any(line => Member.Matches(line!).Any(Names)), "a list is read otherwise than it is defined");
    }

    private static bool Names(Match member) =>
        member.Groups["rest"].Value.Trim(' ', '\t').Length == 0 && (member.Groups["any"].Success || (member.Groups["tag"] is { Success: true } tag && tag.Value == Opaque[1..^1]));
}
