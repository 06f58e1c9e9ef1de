using NeuroLab.WebApi.Http;

namespace NeuroLab.UnitTests.WebApi;

public sealed class PublicPathTests
{
    [Theory]
    [InlineData("/neurolab", true)]
    [InlineData("/lab/neuro-360_v1.0~x", true)]
    [InlineData("/.well-known", true)]
    [InlineData("", false)]
    [InlineData("/", false)]
    [InlineData("neurolab", false)]
    [InlineData("/neurolab/", false)]
    [InlineData("//elsewhere.example", false)]
    [InlineData("/a//b", false)]
    [InlineData("/a/../b", false)]
    [InlineData("/.", false)]
    [InlineData("/a b", false)]
    [InlineData("/a?b", false)]
    [InlineData("/a\\b", false)]
    [InlineData("/neurolab\n", false)]
    public void IsPlain_OfAPath_IsSoForSegmentsThatMeanThemselves(string path, bool plain) => PublicPath.IsPlain(path).Should().Be(plain);

    [Theory]
    [InlineData("/api", true)]
    [InlineData("/API/v2", true)]
    [InlineData("/swagger", true)]
    [InlineData("/experiments/lab", true)]
    [InlineData("/apiary", false)]
    [InlineData("/neurolab/api", false)]
    public void IsOwn_OfAPath_IsSoWhereItsFirstPartIsTheServices(string path, bool own) => PublicPath.IsOwn(path).Should().Be(own);
}
