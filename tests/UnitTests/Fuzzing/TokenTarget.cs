using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>The consistency token of a request.</summary>
internal sealed class TokenTarget : FuzzTarget
{
    private string _text = "";
    private ConsistencyToken? _token;

    public override IReadOnlyList<byte[]> Seeds { get; } = FuzzText.BytesOf([.. new[] { 0, 1, 15, 16, 0xabcdef, int.MaxValue, long.MaxValue - 1, long.MaxValue }.Select(position => new ConsistencyToken(position).ToString())]);

    // Text in which a number of the framework's own reading may end.
    public override IReadOnlyList<byte[]> Regressions { get; } = FuzzText.BytesOf("", "v1.", "v1.1\0", "v1.1\0\0", "v1. 1", "v1.1 ", "v1.+1", "v1.-1", "v1.ffffffffffffffff", "v1.8000000000000000", "V1.1", "v1.0x1", "v1.\uff0a");

    public override IReadOnlyList<byte[]> Tokens { get; } = FuzzText.BytesOf("v1.", "v2.", "0000000", "ffffffff", "\0", " ", "+", "-", "0x", "A", "\u0660");

    public override int MaxLength => 256;

    public override void Prepare(byte[] input) => _text = FuzzText.Of(input);

    public override int Run(byte[] input)
    {
        _token = ConsistencyToken.TryParse(_text, out var token) ? token : null;
        return _token is null ? Math.Min(_text.Length, 20) : 100 + _text.Length;
    }

    public override long AllocationBound(byte[] input) => 1024;

    public override void Verify(byte[] input)
    {
        Require(_token?.Position == Reference(_text), "it is read otherwise than it is defined");
        if (_token is { } token)
        {
            Require(ConsistencyToken.TryParse(token.ToString(), out var again) && again == token, "it does not come back from its text");
        }
    }

    private static long? Reference(string text)
    {
        if (text.Length is < 4 or > 19 || text[..3] is not "v1." || !text.AsSpan(3).ToString().All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var position = 0UL;
        foreach (var digit in text.AsSpan(3))
        {
            position = (position << 4) + (ulong)Convert.ToInt32(digit.ToString(), 16);
        }

        return position <= long.MaxValue ? (long)position : null;
    }
}
