using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.Infrastructure.Caching.FrontDoors;
using NeuroLab.Infrastructure.Caching.Redis;
using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>The small readers, one chosen by an input's first byte: query parameters, ids, correlation ids, keys and arguments, the store's address, what the store says of itself.</summary>
internal sealed class SmallReadersTarget : FuzzTarget
{
    private const int Readers = 7;
    private static readonly IntParameter Number = new("n", "", 50, 0, 100);
    private static readonly WordParameter Word = new("w", "", null, ["a", "bc"]);
    private static readonly FlagParameter Flag = new("f", "");
    private static readonly TextParameter Text = new("t", "", 16);
    private static readonly Guid Owner = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly ArgumentWriter WriteArgument = ArgumentText.TryFor(typeof(string[]), out var writer, out _, out _) ? writer : throw new InvalidOperationException();

    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private string _text = "";
    private QueryCollection _query = [];
    private object? _result;

    public override IReadOnlyList<byte[]> Seeds { get; } = FuzzText.BytesOf(
        "\u0000?n=7&w=a&f=true&t=text", "\u0000?n=100&w=bc&f=false&t=%2A", "\u0001" + Owner, "\u0002abc-DEF_0.9", "\u0003key:part*[x]", "\u0003-", "\u0004a\nb\nc", "\u0004(\n,\n!\n)",
        "\u0005redis://user:p%40ss@host:6379/1", "\u0005rediss://:password@10.0.0.1", "\u0005redis://a:1,b:2,[::1]:3", "\u0005redis://::1/0",
        "\u0006# Memory\r\nused_memory:100\r\nconnected_clients:1\r\nkeyspace_hits:1\r\nkeyspace_misses:2\r\nrole:master\r\nmaxmemory_policy:noeviction\r\nmaxmemory:7");

    public override IReadOnlyList<byte[]> Regressions { get; } = FuzzText.BytesOf(
        "", "\u000100112233-4455-6677-8899-+abbccddeeff", "\u0001 00112233-4455-6677-8899-aabbccddeeff", "\u0000?n=5%00", "\u0000?n=%00", "\u0000?n=2147483648&f=True&w=A&t=%C2%80", "\u0003\ud800", "\u0004\ud800\n\udfff", "\u0005redis://@", "\u0005redis://[", "\u0005redis://host:65536", "\u0005redis://u:%@h", "\u0005redis://,",
        "\u0006used_memory:9223372036854775807\nconnected_clients:9223372036854775807", "\u0006:\n::\n#:");

    public override IReadOnlyList<byte[]> Tokens { get; } = FuzzText.BytesOf(
        "n=", "w=", "f=", "t=", "&", "%00", "%", "?", "true", "\0", ":", "//", "@", "[", "]", ",", "[::1]", "%25", "*", "\\", "\ud83d\ude00", "-", "!", "(", ")", "%2D", "%uD800", "redis://", "rediss://", "used_memory:9223372036854775807\n", "\n", " ");

    public override int MaxLength => 1024;

    public override void Prepare(byte[] input)
    {
        _text = input.Length == 0 ? "" : FuzzText.Of(input.AsSpan(1));
        switch (ReaderOf(input))
        {
            case 0:
                _query = new QueryCollection(QueryHelpers.ParseQuery(_text));
                break;
            case 5:
                _configuration["REDIS_URL"] = _text;
                break;
            default:
                break;
        }
    }

    public override int Run(byte[] input)
    {
        var reader = ReaderOf(input);
        try
        {
            _result = Read(reader);
        }
        catch (Exception refusal) when (refusal is AppException or ArgumentException { ParamName: "value" or "text" })
        {
            _result = null;
        }

        return reader + (Readers * (_result is null ? 0 : 1 + Math.Min(_result.ToString()!.Length, 20)));
    }

    public override long AllocationBound(byte[] input) => 32_768 + (512L * input.Length);

    public override void Verify(byte[] input)
    {
        switch (ReaderOf(input))
        {
            case 0 when _result is ValueTuple<int, string?, bool, string?> query:
                Require(query.Item1 is >= 0 and <= 100 && query.Item2 is null or "a" or "bc" && (query.Item4 is null || (query.Item4.Length is > 0 and <= 16 && !query.Item4.Any(char.IsControl))), "a parameter is out of its bounds");
                Require(!_query.TryGetValue("n", out var n) || (n.ToString() is var digits && digits.TrimStart('+', '-').All(char.IsAsciiDigit) && int.Parse(digits, CultureInfo.InvariantCulture) == query.Item1), "a number is read that is none");
                break;
            case 1 when _result is Guid id:
                Require(string.Equals(_text, id.ToString("D"), StringComparison.OrdinalIgnoreCase), "an id is read otherwise than it is written");
                break;
            case 2 when _result is string correlation:
                Require(correlation == _text && correlation.Length <= 64 && correlation.All(c => c < 0x7f && c > ' ' && c is not (';' or ',' or '"' or '\\')), "a correlation id is not sane");
                break;
            case 3 when _result is CacheKey key:
                var parts = key.Value.Split(':');
                Require(parts.Length == 4 && parts[0] == "area" && parts[3] == "-", "a part reaches beyond itself");
                Require(Uri.UnescapeDataString(parts[2]) == _text && parts[2].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '%'), "a part does not come back");
                break;
            case 4:
                Require(_result is string written && Unwritten(written).SequenceEqual(_text.Split('\n')), "arguments do not come back");
                break;
            case 5:
                var (endpoints, error) = ((RedisEndpoints?, string?))_result!;
                Require(string.IsNullOrWhiteSpace(_text) ? endpoints is null && error is null : endpoints is null != error is null, "an address is neither taken nor refused");
                Require(endpoints is null || (endpoints.Hosts.Count > 0 && endpoints.Hosts.All(host => host.Host.Length > 0 && host.Port is > 0 and <= 65535)), "an address names no host");
                Require(error is null || error.StartsWith("REDIS_", StringComparison.Ordinal), "an error does not name its setting");
                break;
            default:
                break;
        }
    }

    private static int ReaderOf(byte[] input) => input.Length == 0 ? 0 : input[0] % Readers;

    private object? Read(int reader)
    {
        switch (reader)
        {
            case 0:
                var query = new QueryReader(_query);
                var read = (query.Int(Number), query.Word(Word), query.Flag(Flag), query.Text(Text));
                query.ThrowIfInvalid();
                return read;
            case 1:
                return Requests.Id(_text, "thing");
            case 2:
                return ResponseHeaders.Sane(new StringValues(_text));
            case 3:
                return CacheKey.Owned("area", Owner, _text, null);
            case 4:
                var text = new StringBuilder();
                WriteArgument(text, _text.Split('\n'));
                return text.ToString();
            case 5:
                return RedisEndpoints.Read(_configuration);
            default:
                return RedisInfo.Parse([_text, _text], TimeSpan.Zero);
        }
    }

    /// <summary>The arguments that were written: their form is that of no others.</summary>
    private static IEnumerable<string> Unwritten(string written)
    {
        foreach (var argument in written[1..^2].Split(','))
        {
            var text = new StringBuilder();
            for (var at = 0; at < argument.Length;)
            {
                if (argument.AsSpan(at).StartsWith("%u"))
                {
                    text.Append((char)int.Parse(argument.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    at += 6;
                }
                else
                {
                    var end = argument.IndexOf("%u", at, StringComparison.Ordinal);
                    end = end < 0 ? argument.Length : end;
                    text.Append(Uri.UnescapeDataString(argument[at..end]));
                    at = end;
                }
            }

            yield return text.ToString();
        }
    }
}
