# A client, of which a document with a file of its own waits for review.
printf '%s\n' '%PDF-1.4' '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj' '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj' \
  '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj' 'trailer<</Root 1 0 R/Size 4>>' startxref 0 '%%EOF' >passport.pdf
echo '{"version": "next", "noticeDays": 60, "required": {"Individual": ["Address"]}}' >next-policy.json
client-service
tokens
create_client Adaeze
documents=0

# One with the passport as its file.
another_document() {
  create_document CUST1000001 "A0123456$((++documents))" .pdf "$(base64 --wrap=0 passport.pdf)"
  IDENTITY_ID=$DOCUMENT
}

start_again() { client-service; }
