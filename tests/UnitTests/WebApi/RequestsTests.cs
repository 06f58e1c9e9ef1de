using NeuroLab.Application.Common;
using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.WebApi;

public sealed class RequestsTests
{
    [Theory]
    [InlineData("00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("00112233-4455-6677-8899-AABBCCDDEEFF")]
    public void Id_WhenItIsAUuid_IsRead(string text) => Requests.Id(text, "thing").Should().Be(new Guid("00112233-4455-6677-8899-aabbccddeeff"));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(" 00112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("00112233-4455-6677-8899-aabbccddeeff\n")]
    [InlineData("00112233-4455-6677-8899-+abbccddeeff")]
    [InlineData("0x112233-4455-6677-8899-aabbccddeeff")]
    [InlineData("00112233445566778899aabbccddeeff")]
    public void Id_WhenItIsNone_NamesNothing(string text)
    {
        var read = () => Requests.Id(text, "thing");

        read.Should().Throw<NotFoundException>();
    }
}
