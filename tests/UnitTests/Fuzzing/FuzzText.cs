namespace NeuroLab.UnitTests.Fuzzing;

/// <summary>Bytes as text, one character a byte, so that every change of bytes is one of text: ASCII as it is, and high bytes for what is awkward in UTF-16.</summary>
internal static class FuzzText
{
    private const int FirstAwkward = 0xf0;
    private const string Awkward = "\ud83d\ude00\ud800\udfff\u2028\ufeff\ufffd\uffff\u0130\u212a\u1e9e\u4e2d\u0660\uff0a\u0301\u200b";

    /// <summary>The text of bytes.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, source) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = source[i] < FirstAwkward ? (char)source[i] : Awkward[source[i] - FirstAwkward];
        }
    });

    /// <summary>The bytes of text that has them.</summary>
    public static byte[] Bytes(string text) => [.. text.Select(c => c < FirstAwkward ? (byte)c : (byte)(FirstAwkward + Awkward.IndexOf(c, StringComparison.Ordinal)))];

    /// <summary>The bytes of several texts.</summary>
    public static byte[][] BytesOf(params string[] texts) => [.. texts.Select(Bytes)];
}
